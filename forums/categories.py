"""The categories as pages list them; kept in the cache whole, sifted for each viewer by the pure rule."""

from django.core.cache import cache

from config import stamps
from forums import permissions
from forums.models import Category


def tree(user) -> list[tuple[Category, list[Category]]]:
    """The categories `user` may see, each of the first level with those below it. No query while cached, else
    one."""
    seen = [category for category in _all() if permissions.may_see(user, category)]
    return [
        (category, [child for child in seen if child.parent_id == category.pk])
        for category in seen
        if category.parent_id is None
    ]


def _all():
    marks = stamps.read(stamps.CATEGORIES)
    key = f"categories:{marks[0]}" if marks else None
    found = cache.get(key) if key else None
    if found is None:
        found = list(Category.objects.in_order())
        if key:
            cache.set(key, found, stamps.LIFETIME)
    return found
