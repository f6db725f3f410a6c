"""Checks the tags that somebody chooses for a topic, by the rules of its category."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.template.defaultfilters import pluralize

from forums.access import permissions
from forums.models import Category, Tag
from forums.models.discussion.category import Tagging
from forums.tags import seen

SHOWN = 20
"""Listed tags that a sentence names."""


def resolve(user, names: Iterable[str]) -> dict[str, str]:
    """Map each name to itself, or to the tag that it is a synonym of. One query, and what `is_seen` costs.

    Raises ValidationError for a synonym of a tag that `user` does not see.
    """
    known = Tag.objects.resolve(names)
    meant = {name: known.get(name, name) for name in names}
    for name, tag in meant.items():
        if name != tag and not seen.is_seen(user, tag):
            raise _missing(name)
    return meant


def check(user, category: Category, names: Iterable[str], before: Iterable[str] = ()) -> list[str]:
    """Return these tags without synonyms. Raises ValidationError with a sentence if a rule forbids one.

    A topic may keep those that it had `before`. Moderators of the category may choose any. A tag that `user` does not
    see counts as one that does not exist. Two queries, and one for each tag that is not among the most used.
    """
    meant = resolve(user, names)
    chosen = sorted(set(meant.values()))
    if permissions.moderates(user, category):
        return chosen
    new = set(chosen).difference(before)
    if new and category.tagging == Tagging.NONE:
        raise ValidationError(f"Topics in {category} have no tags.")
    listed = sorted(set(Tag.objects.resolve(category.listed_tags).values()))
    if new.difference(listed) and category.tagging == Tagging.LISTED:
        shown = ", ".join(listed[:SHOWN])
        raise ValidationError(f"In {category} you can choose among these tags: {shown}.")
    if user.trust < category.new_tags_from:
        for name, tag in meant.items():
            if tag in new and not seen.is_seen(user, tag):
                raise _missing(name)
    if len(chosen) < category.required_tags:
        many = category.required_tags
        raise ValidationError(f"A topic in {category} needs at least {many} tag{pluralize(many)}.")
    return chosen


def _missing(name: str) -> ValidationError:
    return ValidationError(f"There is no tag “{name}” that you can choose. Please take another one.")
