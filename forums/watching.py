"""What a member wants to hear of categories. It comes along with whoever asks, so that pages need no query for it."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, TextField, Value
from django.db.models.functions import Cast, Concat

from forums.models import Category, Watch


def column() -> ArraySubquery:
    """The choices of a member, as texts: "7 muted"."""
    return ArraySubquery(_said(Watch.objects.filter(member=OuterRef("pk"))))


def _said(watches):
    said = Concat(Cast("category", TextField()), Value(" "), "level", output_field=TextField())
    return watches.filter(category__isnull=False).annotate(said=said).values_list("said", flat=True)


def levels(user) -> dict[int, str]:
    """By category, as chosen. No query for whoever the session names, one for others."""
    if not user.is_authenticated:
        return {}
    if not hasattr(user, "category_watches"):
        user.category_watches = list(_said(user.watches.all()))
    return {int(pk): level for pk, level in (each.split() for each in user.category_watches)}


def level_in(user, category: Category) -> str | None:
    """What holds in `category`: the choice made for it, or else for its parent. Costs what `levels` costs."""
    chosen = levels(user)
    return chosen.get(category.pk, chosen.get(category.parent_id))


def chosen_in(user, tree, wanted: set[str]) -> list[Category]:
    """The categories of `tree` (forums/categories.py) in which one of the `wanted` levels holds."""
    every = (each for parent, children in tree for each in (parent, *children))
    return [category for category in every if level_in(user, category) in wanted]
