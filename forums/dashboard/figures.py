"""Counts for the dashboard. Days are in UTC."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from django.db import connection

from config.caching.evictable import cache

DAYS = 30
FINAL_AFTER = timedelta(days=1)
"""A day that ended this long ago does not change any more, so its count is cached."""
CACHED_SECONDS = 60 * 86_400
"""Seconds in the cache: longer than a day is shown."""
MOST_REPORTED = 8

_COUNTED = {
    "reports": ("forums_report", "created_at"),
    "acts": ("forums_action", "at"),
    "posts": ("forums_comment", "created_at"),
    "sign-ups": ("accounts_user", "date_joined"),
}
TITLES = {
    "reports": "Reports a day",
    "acts": "Acts of moderation a day",
    "posts": "Posts a day",
    "sign-ups": "Sign-ups a day",
}
AGES = (("under an hour", 1), ("under a day", 24), ("under 3 days", 72), ("under a week", 168))
"""The classes of open cases by age in hours. Older ones have their own class."""


def by_day(name: str) -> list[tuple[date, int]]:
    """Return the count of each of the last days, the oldest first. One query, for the days that are not cached."""
    today = datetime.now(UTC).date()
    dates = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    keys = {each: f"day:{name}:{each}" for each in dates}
    kept = cache.get_many(list(keys.values()))
    missing = [each for each in dates if keys[each] not in kept]
    counted = _count(name, missing[0])
    done = [each for each in missing if each < today - FINAL_AFTER]
    cache.set_many({keys[each]: counted.get(each, 0) for each in done}, CACHED_SECONDS)
    return [(each, kept.get(keys[each], counted.get(each, 0))) for each in dates]


def _count(name, since):
    """Count by day from `since` on. A BRIN index finds the part of the table that is new enough."""
    table, column = _COUNTED[name]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT ({column} AT TIME ZONE 'UTC')::date, count(*) FROM {table} WHERE {column} >= %s GROUP BY 1",
            [datetime.combine(since, time(), UTC)],
        )
        return dict(cursor.fetchall())


def open_cases() -> list[tuple[str, int]]:
    """Return the number of open cases in each class of age. One query."""
    bounds = [0, *(hours for _, hours in AGES), None]
    classes = ", ".join(_class_of(*pair) for pair in pairwise(bounds))
    with connection.cursor() as cursor:
        cursor.execute(_OPEN.format(classes=classes))
        counts = cursor.fetchone()
    return list(zip([name for name, _ in AGES] + ["older"], counts, strict=True))


def _class_of(least, most):
    older = f"opened_at <= now() - interval '{least} hours'"
    younger = f" AND opened_at > now() - interval '{most} hours'" if most else ""
    return f"count(*) FILTER (WHERE {older}{younger})"


def most_reported() -> list[tuple[str, int]]:
    """Return the most reported members' names and numbers of reports in the last `DAYS` days. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_REPORTED, [datetime.now(UTC) - timedelta(days=DAYS), MOST_REPORTED])
        return cursor.fetchall()


_OPEN = "SELECT {classes} FROM forums_case WHERE closed_at IS NULL"
# Counts by item first, so that the author of a comment with many reports is looked up once.
_REPORTED = """
    SELECT member.username, sum(item.count)::int FROM (
        SELECT comment_id, topic_id, member_id, count(*) AS count FROM forums_report
        WHERE created_at >= %s GROUP BY comment_id, topic_id, member_id
    ) item
    LEFT JOIN forums_comment comment ON comment.id = item.comment_id
    LEFT JOIN forums_topic topic ON topic.id = item.topic_id
    JOIN accounts_user member ON member.id = coalesce(item.member_id, comment.author_id, topic.author_id)
    GROUP BY member.id ORDER BY sum(item.count) DESC, member.id LIMIT %s
"""
