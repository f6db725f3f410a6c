"""A member's notification levels for categories. They are loaded with the user, so pages need no query for them."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, TextField, Value
from django.db.models.functions import Cast, Concat

from forums.models import Category, Watch


def column() -> ArraySubquery:
    """The levels of a member as a column of texts such as "7 muted"."""
    return ArraySubquery(_as_texts(Watch.objects.filter(member=OuterRef("pk"))))


def _as_texts(watches):
    text = Concat(Cast("category", TextField()), Value(" "), "level", output_field=TextField())
    return watches.filter(category__isnull=False).annotate(text=text).values_list("text", flat=True)


def levels(user) -> dict[int, str]:
    """Return the levels by category. No query for the user of the session, one for others."""
    if not user.is_authenticated:
        return {}
    if not hasattr(user, "category_watches"):
        user.category_watches = list(_as_texts(user.watches.all()))
    return {int(pk): level for pk, level in (each.split() for each in user.category_watches)}


def level_in(user, category: Category) -> str | None:
    """Return the level for `category`: its own, otherwise that of its parent. Costs what `levels` costs."""
    chosen = levels(user)
    return chosen.get(category.pk, chosen.get(category.parent_id))


def chosen_in(user, tree, wanted: set[str]) -> list[Category]:
    """Return the categories of `tree` (forums/listing/categories.py) that have one of the `wanted` levels."""
    every = (each for parent, children in tree for each in (parent, *children))
    return [category for category in every if level_in(user, category) in wanted]
