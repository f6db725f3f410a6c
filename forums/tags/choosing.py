"""Checks the tags that somebody chooses for a topic, by the rules of its category."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError

from forums.access import permissions
from forums.models import Category, Tag
from forums.models.discussion.category import Tagging
from forums.tags import seen

SHOWN = 20
"""Listed tags that a sentence names."""


def check(user, category: Category, names: Iterable[str], before: Iterable[str] = ()) -> list[str]:
    """Return these tags without synonyms. Raises ValidationError with a sentence if a rule forbids one.

    A topic may keep those that it had `before`. Moderators of the category may choose any. A tag that `user` does not
    see counts as one that does not exist. One query, and one for each tag that is not among the most used.
    """
    meant = Tag.objects.resolve(names)
    chosen = sorted({meant.get(name, name) for name in names})
    if permissions.moderates(user, category):
        return chosen
    new = set(chosen).difference(before)
    if new and category.tagging == Tagging.NONE:
        raise ValidationError(f"Topics in {category} have no tags.")
    listed = Tag.objects.resolve(category.listed_tags).values()
    if new.difference(listed) and category.tagging == Tagging.LISTED:
        raise ValidationError(
            f"In {category} you can choose among these tags: {', '.join(sorted(listed)[:SHOWN])}."
        )
    if category.tagging == Tagging.ANY:
        may_create = user.trust >= category.new_tags_from
        for name in names:
            _check_exists(user, name, meant, may_create=may_create or name in before)
    if len(chosen) < category.required_tags:
        many = category.required_tags
        raise ValidationError(
            f"A topic in {category} needs at least {many} {'tag' if many == 1 else 'tags'}."
        )
    return chosen


def _check_exists(user, name, meant, *, may_create):
    is_synonym = meant.get(name, name) != name
    if may_create and not is_synonym:
        return
    if not seen.is_seen(user, meant.get(name, name)):
        raise ValidationError(f"There is no tag “{name}” that you can choose. Please take another one.")
