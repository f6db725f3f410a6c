"""Gives imported topics their tags, also those of earlier imports, and counts which were left out."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.db import transaction

from forums.importers.records.records import Discussion
from forums.importers.records.report import UNOPENED
from forums.models import Action, Tag, Topic
from forums.models.community.tag import MOST, name_of

KIND = "tags"
UNUSABLE = "no tag here can have such a name"
TOO_MANY = f"a topic has at most {MOST} tags here"
CHANGED = "a moderator has changed the tags of their topic here"


class Lacking(NamedTuple):
    """The tags that a topic of an earlier import does not have."""

    names: list[str]
    """Those that it gets."""
    others: int
    """How many it does not get."""
    why: str


@transaction.atomic
def create(discussions: Iterable[Discussion], found: Mapping[str, Lacking]) -> dict[str, str]:
    """Create the tags of these discussions, and those that earlier ones lack. Three queries.

    Maps each name to the tag that it means here.
    """
    names = {name for discussion in discussions for name in kept(discussion)[0]}
    names.update(name for each in found.values() for name in each.names)
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


def lacking(discussions: Iterable[Discussion], topics: Mapping[str, Topic]) -> dict[str, Lacking]:
    """Return by source which tags topics of earlier imports lack. Two queries, none without such tags.

    `topics` are those of earlier imports by source. Tags that a moderator has changed here stay as they are.
    """
    wanted = {each.source: kept(each)[0] for each in discussions if each.tags and each.source in topics}
    names = {name for some in wanted.values() for name in some}
    if not names:
        return {}
    meant = {name: name for name in names} | Tag.objects.resolve(names)
    pks = [topics[source].pk for source in wanted]
    changed = set(Action.objects.filter(verb="topic_tagged", topic__in=pks).values_list("topic", flat=True))
    found = {}
    for source, some in wanted.items():
        topic = topics[source]
        is_changed = topic.pk in changed
        missing = sorted({meant[name] for name in some} - {*topic.tags})
        room = 0 if is_changed else max(0, MOST - len(topic.tags))
        found[source] = Lacking(missing[:room], len(missing[room:]), CHANGED if is_changed else TOO_MANY)
    return found


def complete(found: Mapping[str, Lacking], topics: Mapping[str, Topic]) -> None:
    """Add these tags to topics of earlier imports. Call it inside a transaction, after `create`."""
    # In the order of their ids, as moderators lock topics.
    for source in sorted(found, key=lambda source: topics[source].pk):
        if names := found[source].names:
            topics[source].lock_and_refresh()
            topics[source].bump_version(tags=sorted({*topics[source].tags, *names}))


def count(batch, discussion: Discussion, written: set[str]) -> None:
    """Count the tags of a discussion of a `Batch` after its commit."""
    report, (names, left_out) = batch.report, kept(discussion)
    report.read[KIND] += len(discussion.tags)
    for why, number in left_out.items():
        report.skip(KIND, why, number)
    if discussion.source in batch.topics:
        found = batch.lacking.get(discussion.source, Lacking([], 0, ""))
        report.added[KIND] += len(found.names)
        report.skip(KIND, found.why, found.others)
        report.present[KIND] += len(names) - len(found.names) - found.others
    elif discussion.opening in written:
        report.added[KIND] += len(names)
    else:
        report.skip(KIND, UNOPENED, len(names))
