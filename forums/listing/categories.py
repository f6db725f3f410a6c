"""The category tree for pages. All of it is cached once and filtered for each viewer by `permissions.may_see`."""

from hashlib import blake2b
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS

from config.caching import cache_tags
from config.caching.evictable import cache
from forums.access import permissions
from forums.models import Category


class Tree(NamedTuple):
    """The categories that members with the same groups see. Do not change the lists: all of them share these."""

    top: list[tuple[Category, list[Category]]]
    """The top-level categories, each with its children."""
    key: str
    """Hashes all that pages show of them."""


def tree(user) -> list[tuple[Category, list[Category]]]:
    """Return the top-level categories that `user` may see, each with its children.

    No query while cached, otherwise one.
    """
    return tree_with_key(user).top


def tree_with_key(user) -> Tree:
    """Return the `Tree` of `user`. Costs what `tree` costs."""
    known = _load()
    groups = ("all",) if user.is_authenticated and user.is_superuser else permissions.groups_of(user)
    if groups not in known.trees:
        known.trees[groups] = _tree([each for each in known.categories if permissions.may_see(user, each)])
    return known.trees[groups]


def _tree(seen):
    shown = [(each.pk, each.parent_id, each.name, each.slug, each.colour, each.description) for each in seen]
    top = [
        (category, [child for child in seen if child.parent_id == category.pk])
        for category in seen
        if category.parent_id is None
    ]
    return Tree(top, blake2b(repr(shown).encode(), digest_size=12).hexdigest())


def seen_by(user) -> list[Category]:
    """Return all categories that `user` may see. Costs what `tree` costs."""
    return [category for category in _all() if permissions.may_see(user, category)]


def unseen_by(user) -> list[int]:
    """Return the ids of the categories that `user` may not see. Costs what `tree` costs."""
    return [category.pk for category in _all() if not permissions.may_see(user, category)]


def moderates_any(user) -> bool:
    """Whether `user` moderates any category. Costs what `tree` costs, and nothing for moderators of the site."""
    if permissions.is_moderator(user):
        return True
    return bool(user.is_authenticated and user.group_ids) and any(
        permissions.moderates(user, category) for category in _all()
    )


def moderating_groups() -> set[int]:
    """Return the ids of groups that moderate some category. Costs what `tree` costs."""
    return {group for category in _all() for group in category.moderator_groups}


def find(user, slug: str) -> Category | None:
    """Return the category with this slug if `user` may see it, or None. Costs what `tree` costs."""
    seen = (category for category in _all() if category.slug == slug and permissions.may_see(user, category))
    return next(seen, None)


def below(user, slug: str) -> list[int] | None:
    """Return the ids of the category with this slug and of its children, as far as `user` may see them.

    None if there is no such category for them, all that they see for "". Costs what `tree` costs.
    """
    seen = seen_by(user)
    chosen = [category for category in seen if slug in ("", category.slug)]
    if slug and not chosen:
        return None
    parents = {category.pk for category in chosen}
    return [each.pk for each in seen if each.pk in parents or each.parent_id in parents]


def by_id(pk: int) -> Category:
    """Return the category with this id, without asking who may see it. Costs what `tree` costs.

    One query more if it is newer than the cached tree, which can happen for a minute after Redis was unavailable.
    """
    known = next((category for category in _all() if category.pk == pk), None)
    return known or Category.objects.select_related("parent").get(pk=pk)


_COLUMNS = [field.attname for field in Category._meta.concrete_fields]  # the primary key first


class _Known(NamedTuple):
    """The copy of this process that was read under a value of the cache tag, and what has been made of it."""

    value: str
    categories: list[Category]
    trees: dict[tuple, Tree]


_local = _Known("", [], {})


def _all():
    return _load().categories


def _load():
    global _local
    values = cache_tags.read(cache_tags.CATEGORIES)
    if values is None:
        return _Known("", list(Category.objects.in_order()), {})
    if _local.value != values[0]:
        key = f"categories:{len(_COLUMNS)}:{values[0]}"  # during an upgrade, a release with other columns reads, too
        rows = cache.get(key)
        if rows is None:
            found = list(Category.objects.in_order())
            cache.set(key, [_packed(category) for category in found], cache_tags.LIFETIME)
        else:
            found = _unpacked(rows)
        _local = _Known(values[0], found, {})
    return _local


def _packed(category) -> list:
    """Return the values of a category's columns, for the cache."""
    return [getattr(category, name) for name in _COLUMNS]


def _unpacked(rows) -> list[Category]:
    """Return the categories of these rows, with their parents."""
    found = {row[0]: Category.from_db(DEFAULT_DB_ALIAS, _COLUMNS, row) for row in rows}
    for category in found.values():
        category.parent = found.get(category.parent_id)
    return list(found.values())
