"""Recounts stored counters from the rows that they count, and corrects differences."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import F
from django.template.defaultfilters import pluralize

from config.caching import cache_tags
from config.management.doctor_checks import Finding
from forums.models import Case, Comment, Topic
from forums.models.discussion.scores import BY_SIDE, bridging_sql

SAMPLE = 50
"""Topics whose counters `doctor` checks."""
TOGETHER = 100
"""Topics that are locked together."""


class Counter(NamedTuple):
    """A column, and the query that recounts it as `id` and `counted`. `{of_topics}` limits it to some topics."""

    noun: str
    column: str
    query: str


class Difference(NamedTuple):
    topic: int | None
    noun: str
    id: int
    column: str
    kept: Any
    counted: Any

    def __str__(self) -> str:
        return f"{self.noun} {self.id}: {self.column} was {self.kept}, counted {self.counted}"


# `own` is the last component of a path, which is unique in its topic. The rule is that of `Comment.is_removed`:
# such a comment counts while something is shown below it. The opening has no count, because its topic has one.
DESCENDANTS = """
    WITH place AS (
        SELECT id, topic_id, depth, path, right(path, 4) AS own,
               deleted_at IS NOT NULL OR removed_in_id IS NOT NULL AS is_removed
        FROM forums_comment
        WHERE seq > 1 {of_topics}
    ), live AS (
        SELECT topic_id, substr(path, 4 * level - 3, 4) AS own, count(*) AS below
        FROM place, generate_series(1, depth - 1) AS level WHERE NOT is_removed GROUP BY 1, 2
    ), placeholder AS (
        SELECT topic_id, substr(path, 4 * level - 3, 4) AS own, count(*) AS below
        FROM place JOIN live USING (topic_id, own), generate_series(1, depth - 1) AS level
        WHERE is_removed GROUP BY 1, 2
    )
    SELECT id, coalesce(live.below, 0) + coalesce(placeholder.below, 0) AS counted
    FROM place LEFT JOIN live USING (topic_id, own) LEFT JOIN placeholder USING (topic_id, own)
"""
# Imported votes have no voters. Their number is stored with the origin of the comment.
VOTES = """
    SELECT forums_comment.id, coalesce(origin.{column}, 0) + count(vote.id) AS counted
    FROM forums_comment
    LEFT JOIN forums_origin origin ON origin.comment_id = forums_comment.id
    LEFT JOIN forums_vote vote ON vote.comment_id = forums_comment.id AND {condition}
    WHERE true {{of_topics}} GROUP BY forums_comment.id, origin.{column}
"""
# It is computed from the counters by side, which are corrected first.
BRIDGING = f"SELECT id, {bridging_sql()} AS counted FROM forums_comment WHERE true {{of_topics}}"
PERSUADED = """
    SELECT forums_comment.id, count(persuasion.id) AS counted
    FROM forums_comment LEFT JOIN forums_persuasion persuasion ON persuasion.comment_id = forums_comment.id
    WHERE true {of_topics} GROUP BY forums_comment.id
"""
REPLIES = """
    SELECT topic_id AS id, count(*) FILTER (WHERE seq > 1 AND deleted_at IS NULL AND hidden_at IS NULL) AS counted
    FROM forums_comment WHERE true {of_topics} GROUP BY topic_id
"""
# Like NEWEST, it reads each topic from its end. GROUP BY would read all comments.
LAST = """
    SELECT topic_id AS id, counted FROM (SELECT id AS topic_id FROM forums_topic) topic CROSS JOIN LATERAL (
        SELECT seq AS counted FROM forums_comment WHERE topic_id = topic.topic_id ORDER BY seq DESC LIMIT 1
    ) newest WHERE true {of_topics}
"""
# The rule of `Comment.objects.answerable`: lists show neither a removed comment nor its author.
# It reads each topic from its end. DISTINCT ON would read all comments of a topic.
NEWEST = """
    SELECT topic_id AS id, counted FROM (SELECT id AS topic_id FROM forums_topic) topic CROSS JOIN LATERAL (
        SELECT {column} AS counted FROM forums_comment
        WHERE topic_id = topic.topic_id AND (deleted_at IS NULL AND hidden_at IS NULL OR seq = 1)
        ORDER BY seq DESC LIMIT 1
    ) newest WHERE true {{of_topics}}
"""
OPENING = "SELECT topic_id AS id, score AS counted FROM forums_comment WHERE seq = 1 {of_topics}"

OF_TOPICS = [
    Counter("topic", "comment_count", REPLIES),
    Counter("topic", "last_seq", LAST),
    Counter("topic", "last_comment_at", NEWEST.format(column="created_at")),
    Counter("topic", "last_author_id", NEWEST.format(column="author_id")),
    Counter("topic", "score", OPENING),
]


def _of_side(column: str) -> Counter:
    side, _, way = column.partition("_")
    condition = f"vote.side = '{side}' AND vote.value = {1 if way == 'ups' else -1}"
    return Counter("comment", column, VOTES.format(column=column, condition=condition))


# Comments come first, because the score of a topic is copied from its corrected opening.
COUNTERS = [
    Counter("comment", "descendants", DESCENDANTS),
    Counter("comment", "ups", VOTES.format(column="ups", condition="vote.value = 1")),
    Counter("comment", "downs", VOTES.format(column="downs", condition="vote.value = -1")),
    *(_of_side(column) for column in BY_SIDE),
    Counter("comment", "bridging", BRIDGING),
    Counter("comment", "persuaded", PERSUADED),
    *OF_TOPICS,
]


def differences(topics: list[int] | None = None) -> list[Difference]:
    """Find all differences, or those of some topics. 14 statements. Includes changes in progress."""
    return [difference for counter in COUNTERS for difference in _differences(counter, topics)]


def findings() -> Iterator[Finding]:
    """Recount the topics that were written in last, for `manage.py doctor`."""
    topics = list(Topic.objects.order_by("-last_comment_at").values_list("pk", flat=True)[:SAMPLE])
    if wrong := differences(topics):
        yield (
            None,
            f"{_many(len(wrong), 'counter')} of the latest topics are wrong: run `python manage.py recount`.",
        )
    else:
        yield True, f"The counters of the latest {_many(len(topics), 'topic')} are right"


def mend(topics: Iterable[int]) -> list[Difference]:
    """Correct the counters of these topics under their locks. Returns the differences."""
    mended, rest = [], iter(sorted(topics))
    while some := list(islice(rest, TOGETHER)):
        mended += _mend(some)
    return mended


@transaction.atomic
def _mend(topics: list[int]) -> list[Difference]:
    list(Topic.objects.select_for_update(no_key=True).filter(pk__in=topics).order_by("pk").values_list("pk"))
    mended = []
    for counter in COUNTERS:
        found = _differences(counter, topics)
        _set(counter, found)
        mended += found
    changed = {difference.topic for difference in mended if difference.topic}
    Topic.objects.filter(pk__in=changed).update(version=F("version") + 1)
    cache_tags.invalidate(cache_tags.LISTS, *map(cache_tags.of_topic, changed))
    return mended


def mend_cases() -> list[Difference]:
    """Correct the number of reports of each case. Returns the differences."""
    mended = []
    for case in Case.objects.miscounted():
        mended.append(Difference(None, "case", case.pk, "reports_count", case.reports_count, case.counted))
        Case.objects.filter(pk=case.pk).update(reports_count=case.counted)
    return mended


def mend_all() -> list[Difference]:
    """Recount all counters and correct those that were wrong. Returns the differences."""
    return mend({difference.topic for difference in differences() if difference.topic}) + mend_cases()


def summary(mended: list[Difference]) -> str:
    """Say how much was recounted and how much was wrong. Two queries."""
    counted = (
        f"Recounted {_many(Topic.objects.count(), 'topic')} and {_many(Comment.objects.count(), 'comment')}"
    )
    if not mended:
        return f"{counted}: every counter was right."
    topics = {difference.topic for difference in mended} - {None}
    return f"{counted}: corrected {_many(len(mended), 'counter')} in {_many(len(topics), 'topic')}."


def mend_topics(topics: list[int]) -> None:
    """Correct the counters of topics that are locked and whose comments are correct."""
    for counter in OF_TOPICS:
        _set(counter, _differences(counter, topics))


def _differences(counter: Counter, topics: list[int] | None) -> list[Difference]:
    table, topic = f"forums_{counter.noun}", "id" if counter.noun == "topic" else "topic_id"
    query = counter.query.format(of_topics="" if topics is None else "AND topic_id = ANY(%(topics)s)")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT kept.{topic}, kept.id, kept.{counter.column}, counted FROM {table} kept "
            f"JOIN ({query}) anew USING (id) WHERE kept.{counter.column} IS DISTINCT FROM counted ORDER BY kept.id",
            {"topics": topics},
        )
        return [
            Difference(topic, counter.noun, pk, counter.column.removesuffix("_id"), kept, counted)
            for topic, pk, kept, counted in cursor
        ]


def _set(counter: Counter, found: list[Difference]) -> None:
    if not found:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE forums_{counter.noun} SET {counter.column} = %s WHERE id = %s",
            [(difference.counted, difference.id) for difference in found],
        )


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{pluralize(count)}"
