"""Counting topics anew in the middle of an act that hides or moves many comments at once.

The same rules as `forums.recount`, which is for the whole forum: here the tree is gone through once in Python. At
50,000 comments, 200 levels deep, that takes a second; the database, asked for all pairs of ancestors, takes twenty.
"""

from collections import defaultdict

from django.db import connection

from forums import recount
from forums.models import Comment


def settle(topics: list[int]) -> None:
    """Set the counters of these topics right. They have been locked, and given the version of the change."""
    changed, turned = _branches(topics)
    with connection.cursor() as cursor:
        cursor.execute(_SET, [list(changed), list(changed.values())])
        recount.mend_topics(topics)
        cursor.execute(_CLAMP, [topics])
    # Whoever watches is told that these have vanished, or stand there again.
    Comment.objects.filter(pk__in=turned).rewrite()


def _branches(topics: list[int]) -> tuple[dict[int, int], list[int]]:
    """What each comment whose count differs has below it, and which of them thereby begin or cease to keep a place."""
    with connection.cursor() as cursor:
        cursor.execute(_TREES, [topics])
        rows = cursor.fetchall()
    below: defaultdict[int | None, int] = defaultdict(int)
    changed: dict[int, int] = {}
    turned: list[int] = []
    for pk, parent, kept, keeps_no_place in rows:
        counted = below.pop(pk, 0)
        if counted != kept:
            changed[pk] = counted
            if keeps_no_place and not (counted and kept):
                turned.append(pk)
        below[parent] += counted + (counted > 0 or not keeps_no_place)
    return changed, turned


# From the leaves up. An opening's count is its topic's own.
_TREES = """
    SELECT id, parent_id, descendants, deleted_at IS NOT NULL OR swept_in_id IS NOT NULL
    FROM forums_comment WHERE topic_id = ANY(%s) AND seq > 1 ORDER BY depth DESC
"""
_SET = """
    UPDATE forums_comment SET descendants = anew.counted
    FROM unnest(%s::bigint[], %s::int[]) AS anew (id, counted) WHERE forums_comment.id = anew.id
"""
# Nobody has read beyond the end: or the next comment would not be new to them.
_CLAMP = """
    UPDATE forums_visit SET latest_seq = last_seq, baseline_seq = least(baseline_seq, last_seq)
    FROM forums_topic topic WHERE topic.id = topic_id AND topic_id = ANY(%s) AND latest_seq > last_seq
"""
