"""A member's notification levels for categories and tags. They are loaded with the user, so pages need no query."""

from collections.abc import Iterable

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat

from forums.models import Category, Watch

TAG = "#"


def column() -> ArraySubquery:
    """The levels of a member as a column of texts such as "7 muted", and "#garden muted" for a tag."""
    return ArraySubquery(_as_texts(Watch.objects.filter(member=OuterRef("pk"))))


def _as_texts(watches):
    tag = Concat(Value(TAG), "tag__name", output_field=TextField())
    place = Coalesce(Cast("category", TextField()), tag)
    text = Concat(place, Value(" "), "level", output_field=TextField())
    wide = watches.filter(Q(category__isnull=False) | Q(tag__isnull=False))
    return wide.annotate(text=text).values_list("text", flat=True)


def levels(user) -> dict[int, str]:
    """Return the levels by category. No query for the user of the session, one for others."""
    return {int(place): level for place, level in _chosen(user) if not place.startswith(TAG)}


def tag_levels(user) -> dict[str, str]:
    """Return the levels by the names of tags. Costs what `levels` costs."""
    return {place.removeprefix(TAG): level for place, level in _chosen(user) if place.startswith(TAG)}


def _chosen(user) -> list[list[str]]:
    if not user.is_authenticated:
        return []
    if not hasattr(user, "category_watches"):
        user.category_watches = list(_as_texts(user.watches.all()))
    return [each.split(" ") for each in user.category_watches]


def level_in(user, category: Category, tags: Iterable[str] = ()) -> str | None:
    """Return the level for topics in `category` with these tags. Costs what `levels` costs.

    It is that of the tags, otherwise of the category, otherwise of its parent.
    """
    chosen, of_tags = levels(user), tag_levels(user)
    tagged = {of_tags.get(name) for name in tags}
    strongest = next((level for level in reversed(Watch.BY_STRENGTH) if level in tagged), None)
    return strongest or chosen.get(category.pk, chosen.get(category.parent_id))


def chosen_in(user, tree, wanted: set[str]) -> list[Category]:
    """Return the categories of `tree` (forums/listing/categories.py) that have one of the `wanted` levels."""
    every = (each for parent, children in tree for each in (parent, *children))
    return [category for category in every if level_in(user, category) in wanted]
