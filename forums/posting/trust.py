"""Raises trust levels automatically: from new to member to regular. Being read counts, writing much does not.

Readers are other members whose visits have reached a comment of the member. Voters are others who voted for one. Each
of them counts once. Trust is never lowered automatically. It does not grow for a time after a sanction, and staff can
pin it.
"""

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.db import connection

from accounts.models import Trust, User
from accounts.profiles import days_active

LOOKED_AT = 200
"""The newest comments of a member that count. A member with many comments costs no more."""
TOGETHER = 500
"""Members per statement."""


def grow(member_ids: Collection[int]) -> int:
    """Raise the trust of these members where they have earned it. Returns how many were raised.

    One statement, about a millisecond for each member below the highest level.
    """
    days, readers, voters = zip(settings.TRUST_MEMBER, settings.TRUST_REGULAR, strict=True)
    needed = {"days": list(days), "readers": list(readers), "voters": list(voters)}
    bounds = {"looked_at": LOOKED_AT, "most_readers": max(readers), "most_voters": max(voters)}
    pause = {"pause": timedelta(days=settings.TRUST_PAUSE_DAYS)}
    with connection.cursor() as cursor:
        cursor.execute(_GROW, {"members": list(member_ids)} | needed | bounds | pause)
        return cursor.rowcount


def grow_all() -> int:
    """Raise the trust of everyone below the highest level who came since yesterday. Returns how many were raised."""
    since = days_active.today() - timedelta(days=1)
    waiting = User.objects.filter(trust__lt=Trust.REGULAR, here_on__gte=since).order_by("pk")
    raised, last = 0, 0
    while some := list(waiting.filter(pk__gt=last).values_list("pk", flat=True)[:TOGETHER]):
        raised += grow(some)
        last = some[-1]
    return raised


# Arrays have the thresholds of member and regular, in this order. A member without enough days for the next level costs
# one look at their row.
_GROW = """
    WITH candidate AS (
        SELECT id, days_here FROM accounts_user
        WHERE id = ANY(%(members)s) AND trust < 2 AND trust_pinned_at IS NULL AND is_active
          AND days_here >= (%(days)s::int[])[trust + 1]
          AND NOT EXISTS (
              SELECT FROM accounts_sanction sanction
              WHERE sanction.member_id = accounts_user.id AND sanction.lifted_at IS NULL
                AND sanction.at > now() - %(pause)s::interval
          )
    ), earned AS (
        SELECT candidate.id, days_here, readers.number AS readers, voters.number AS voters
        FROM candidate
        CROSS JOIN LATERAL (
            SELECT count(DISTINCT visit.member_id) AS number
            FROM (
                SELECT topic_id, min(seq) AS seq FROM (
                    SELECT topic_id, seq FROM forums_comment
                    WHERE author_id = candidate.id AND deleted_at IS NULL AND hidden_at IS NULL
                    ORDER BY created_at DESC LIMIT %(looked_at)s
                ) newest GROUP BY topic_id
            ) spoken
            CROSS JOIN LATERAL (
                SELECT member_id FROM forums_visit
                WHERE topic_id = spoken.topic_id AND latest_seq >= spoken.seq AND member_id <> candidate.id
                LIMIT %(most_readers)s
            ) visit
        ) readers
        CROSS JOIN LATERAL (
            SELECT count(DISTINCT vote.member_id) AS number
            FROM (
                SELECT id FROM forums_comment
                WHERE author_id = candidate.id AND deleted_at IS NULL AND hidden_at IS NULL
                ORDER BY created_at DESC LIMIT %(looked_at)s
            ) newest
            CROSS JOIN LATERAL (
                SELECT member_id FROM forums_vote
                WHERE comment_id = newest.id AND value = 1 AND member_id <> candidate.id
                LIMIT %(most_voters)s
            ) vote
        ) voters
    ), reached AS (
        SELECT earned.id, max(level) AS level
        FROM earned CROSS JOIN generate_series(1, 2) level
        WHERE earned.days_here >= (%(days)s::int[])[level] AND earned.readers >= (%(readers)s::int[])[level]
          AND earned.voters >= (%(voters)s::int[])[level]
        GROUP BY earned.id
    )
    UPDATE accounts_user SET trust = reached.level FROM reached
    WHERE accounts_user.id = reached.id AND accounts_user.trust < reached.level
      AND accounts_user.trust_pinned_at IS NULL
"""
