"""Full-text search over the comments that the viewer may read.

Every statement reads a limited number of rows, however many comments there are and however common the words are. The
search starts among the newest comments, where it finds enough if the words are common. Otherwise the words are rarer,
and it looks among ten times as many. Migration 0019 describes the column `words`.
"""

from django.db.models import FloatField
from django.db.models.expressions import RawSQL

from config.replicas import reads
from config.web.semaphores import semaphore
from forums.models import Comment, Topic

RANKED = 300
"""The newest matches that are ranked. Ranking reads the words of each."""
SHOWN = 30
SIMILAR = 5
"""The similar topics that are shown while somebody types a title."""
NEWEST, GROWTH = 5_000, 10
"""The number of newest comments in the first step, and its factor for each further step."""
MATCHES = 10_000
"""The most matches that a step reads. If words are as common everywhere, a step finds RANKED * GROWTH at most."""
TITLES = 5_000
"""The most matching titles that are read. A phrase parses each title again."""
PERMITS, SECONDS = 2, 2
"""Searches at the same time, which leaves workers for other pages, and the time that each statement may take."""
_QUERY = "websearch_to_tsquery('english', %s)"
# Materialized, so that Postgres finds the matches first and looks only then at who may read them.
_MATCHES = f"""
    WITH found AS MATERIALIZED (SELECT id FROM forums_comment WHERE id > %s AND words @@ {_QUERY} LIMIT %s)
    SELECT id FROM found
"""
_TITLED = f"""
    WITH found AS MATERIALIZED (
        SELECT id FROM forums_topic WHERE to_tsvector('english', COALESCE(title, '')) @@ {_QUERY} LIMIT %s
    )
    SELECT id FROM found
"""
# Any of the words, and not all of them.
_ANY = "replace(plainto_tsquery('english', %s)::text, '&', '|')::tsquery"
_TITLED_ALIKE = _TITLED.replace(_QUERY, _ANY)
_ALIKE = f"""ts_rank(to_tsvector('english', COALESCE("forums_topic"."title", '')), {_ANY})"""
_RANK = f'ts_rank("forums_comment"."words", {_QUERY})'


def find(user, text: str) -> list[Comment]:
    """Find comments that match `text`, which may have "exact words", -excluded words, and "or".

    Openings also match by the title of their topic. Seven queries for common words, ten for rare ones among a million
    comments. Raises Busy if PERMITS others are searching, and OperationalError if a statement takes too long.
    """
    with semaphore("search", permits=PERMITS, seconds=SECONDS):
        return _ranked(_newest(user, text), text)


def is_empty(text: str) -> bool:
    """Whether `text` has no words to search for, only signs and words that almost every text has. One query."""
    with reads.cursor() as cursor:
        cursor.execute(f"SELECT numnode({_QUERY}) = 0", [text])
        return cursor.fetchone()[0]


def by_topic(found: list[Comment]) -> list[tuple[Topic, list[Comment]]]:
    """Group comments by their topic, in the order of the first of each. No query."""
    topics: dict[int, list[Comment]] = {}
    for comment in found:
        topics.setdefault(comment.topic_id, []).append(comment)
    return [(comments[0].topic, comments) for comments in topics.values()]


def similar_topics(user, title: str) -> list[Topic]:
    """Find topics that share words with `title`, the most similar first. Four queries. Raises what `find` raises."""
    with semaphore("search", permits=PERMITS, seconds=SECONDS):
        _use_indexes()
        shown = Topic.objects.visible_to(user).only("title", "slug", "comment_count")
        found = shown.filter(pk__in=RawSQL(_TITLED_ALIKE, [title, TITLES]))
        return list(found.annotate(rank=RawSQL(_ALIKE, [title])).order_by("-rank", "-pk")[:SIMILAR])


def _newest(user, text):
    """The ids of the newest matches, at most RANKED by text and as many by title."""
    _use_indexes()
    readable = Comment.objects.visible_to(user).readable().order_by("-pk").values_list("pk", flat=True)
    titled = readable.filter(seq=1, topic__in=RawSQL(_TITLED, [text, TITLES]))[:RANKED]
    return [*_worded(readable, text), *titled]


def _worded(readable, text):
    last = Comment.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    among = NEWEST
    while True:
        found = list(readable.filter(pk__in=RawSQL(_MATCHES, [last - among, text, MATCHES]))[:RANKED])
        if len(found) == RANKED or among >= last:
            return found
        among *= GROWTH


def _ranked(ids, text):
    rank = RawSQL(_RANK, [text], output_field=FloatField())
    best = Comment.objects.filter(pk__among=ids).annotate(rank=rank).order_by("-rank", "-pk")[:SHOWN]
    return list(best.with_context().beginnings()) if ids else []


def _use_indexes():
    """Keep Postgres, for this transaction, from reading a whole table because it expects many matches.

    It multiplies the shares of the words, so it expects many where no comment has both of two common words. A generic
    plan would not see how few comments are the newest.
    """
    with reads.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('enable_seqscan', 'off', true), set_config('plan_cache_mode', 'force_custom_plan', true)"
        )
