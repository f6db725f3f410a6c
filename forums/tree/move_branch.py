"""Moves a branch to another place, in another topic or the same.

Comments keep their ids, and so their votes, bookmarks, histories and permalinks. They get the numbers, paths and depths
of the new place.
"""

from collections.abc import Callable
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F, QuerySet

from forums.models import Comment, Draft, Notification, OutboxEvent, PendingPost, SlowMode, Topic, Watch
from forums.models.discussion import paths
from forums.tree import progress, recount_topics

TOGETHER = 1_000
"""Comments per statement. Each row changes in a dozen indexes, and pages stop a statement after five seconds."""


class Place(NamedTuple):
    """A comment's new number, path and depth."""

    id: int
    seq: int
    path: str
    depth: int


def lock(*ids: int) -> list[Topic]:
    """Lock the topics of these ids, raise their versions and return them in the order of `ids`.

    They are locked in ascending order. Otherwise two transactions could wait for each other. FOR NO KEY UPDATE lets
    members read the topics meanwhile: the row of their first visit refers to the topic, and waits for FOR UPDATE.
    """
    found = Topic.objects.select_for_update(of=["self"], no_key=True).filter(pk__in=ids).order_by("pk")
    topics = {topic.pk: topic for topic in found.select_related("category__parent", "author")}
    for topic in topics.values():
        topic.bump_version()
        topic.refresh_from_db(fields=["version"])
    return [topics[pk] for pk in ids]


def move(branch: Comment, *, to: Topic, under: Comment | None, number: Callable[[int], int]) -> None:
    """Move the comment `branch` and everything below it into the topic `to`, below `under`, or as its opening.

    `number(seq)` returns the new, unused number of the comment that had the number `seq`. It is called in ascending
    order. Both topics must be locked; call `finish` for them afterwards. Eight statements, and one more for each 1,000
    comments.
    """
    found = Comment.objects.in_branch(branch).order_by("seq")
    rows = list(found.values_list("id", "seq", "path", "depth"))
    numbers = {seq: number(seq) for _, seq, _, _ in rows}
    cut = len(branch.path)
    head = under.path + paths.component(numbers[branch.seq]) if under else ""
    down = (under.depth + 1 if under else 0) - branch.depth
    moved = [
        Place(id, numbers[seq], head + _below(path[cut:], numbers), depth + down)
        for id, seq, path, depth in rows
    ]
    ids = [place.id for place in moved]
    # The dispatcher locks these rows first, too. It then writes rows that refer to the comments, and waits for those
    # whose numbers change.
    list(OutboxEvent.objects.filter(comment__among=ids).order_by("pk").select_for_update().values_list("pk"))
    _write(moved, to, branch, under)
    for answers in (Draft, PendingPost):
        answers.objects.filter(parent__among=ids).update(topic=to)
    for about in (OutboxEvent, Notification):
        about.objects.filter(comment__among=ids).update(topic=to)
    if SlowMode.objects.filter(branch__among=ids).update(topic=to):
        to.bump_version(is_slow=True)


def copy_watches(to: Topic, *watches: QuerySet[Watch]) -> None:
    """Copy notification levels to the topic that comments were moved to.

    A level that a member has set there already stays. Otherwise the first of `watches` applies.
    """
    for chosen in watches:
        Watch.objects.bulk_create(
            [
                Watch(member_id=member, topic=to, level=level)
                for member, level in chosen.values_list("member", "level")
            ],
            ignore_conflicts=True,
        )


def finish(*topics: Topic) -> None:
    """Recount the topics, and make open pages reload them, because comments have moved."""
    recount_topics.recount_topics([topic.pk for topic in topics])
    for topic in topics:
        topic.bump_version(rearranged_in=F("version") + 1, is_slow=topic.slow_modes.exists())
        topic.publish_visibility_change()


def _below(path: str, numbers: dict[int, int]) -> str:
    return "".join(paths.component(numbers[seq]) for seq in paths.seqs(path))


# An opening has no count of its own, because its topic counts the comments.
_MOVE = """
    UPDATE forums_comment
    SET topic_id = %(topic)s, seq = place.seq, path = place.path, depth = place.depth,
        parent_id = CASE WHEN forums_comment.id = %(branch)s THEN %(under)s ELSE parent_id END,
        descendants = CASE WHEN place.seq = 1 THEN 0 ELSE descendants END,
        version = forums_comment.version + 1,
        changed_in = topic.version, written_in = topic.version
    FROM unnest(%(ids)s::bigint[], %(seqs)s::int[], %(paths)s::text[], %(depths)s::int[])
             AS place (id, seq, path, depth),
         forums_topic topic
    WHERE forums_comment.id = place.id AND topic.id = %(topic)s
"""


def _write(moved: list[Place], to: Topic, branch: Comment, under: Comment | None) -> None:
    rest = iter(moved)
    with connection.cursor() as cursor:
        while some := list(islice(rest, TOGETHER)):
            ids, seqs, texts, depths = map(list, zip(*some, strict=True))
            values: dict[str, Any] = {"ids": ids, "seqs": seqs, "paths": texts, "depths": depths}
            place = {"topic": to.pk, "branch": branch.pk, "under": under.pk if under else None}
            cursor.execute(_MOVE, values | place)
            progress.advance(len(some))
