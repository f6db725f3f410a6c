"""Gives imported topics their tags, and counts which were left out."""

from collections import Counter
from collections.abc import Iterable

from django.db import transaction

from forums.importers.records.records import Discussion
from forums.importers.records.report import UNOPENED
from forums.models import Tag
from forums.models.community.tag import MOST, name_of

KIND = "tags"
UNUSABLE = "no tag here can have such a name"
TOO_MANY = f"a topic has at most {MOST} tags here"


@transaction.atomic
def create(discussions: Iterable[Discussion]) -> dict[str, str]:
    """Create the tags of these discussions. Maps each name to the tag that it means here. Three queries."""
    names = {name for discussion in discussions for name in kept(discussion)[0]}
    Tag.objects.ensure(names)
    return Tag.objects.resolve(names)


def kept(discussion: Discussion) -> tuple[list[str], Counter[str]]:
    """Return the names of the tags that a topic gets, and why how many others are left out."""
    names, left_out = [], Counter[str]()
    for text in discussion.tags:
        try:
            name = name_of(text)
        except ValueError:
            name = ""
        if name and len(names) < MOST:
            names.append(name)
        else:
            left_out[TOO_MANY if name else UNUSABLE] += 1
    return names, left_out


def count(batch, discussion: Discussion, written: set[str]) -> None:
    """Count the tags of a discussion of a `Batch` after its commit."""
    report, (names, left_out) = batch.report, kept(discussion)
    report.read[KIND] += len(discussion.tags)
    for why, number in left_out.items():
        report.skip(KIND, why, number)
    if discussion.source in batch.topics:
        report.present[KIND] += len(names)
    elif discussion.opening in written:
        report.added[KIND] += len(names)
    else:
        report.skip(KIND, UNOPENED, len(names))
