"""Decides when a notification is mailed, unless it is read before."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import User
from forums.models import Notification

MAIL_TASK = "forums.tasks.send_mail"
"""The task that mails what is due."""
GRACE = timedelta(minutes=2)
"""How long a member can read a notification on the site before it is mailed "at once"."""
MORNING = time(7)
MONDAY = 0
Pace, Kind = User.EmailPace, Notification.Kind
URGENT = {Kind.MODERATED, Kind.REMINDED}
"""Kinds that do not wait for a digest: a decision can be appealed, and a debate begins soon."""

# The kinds of mail. Members choose each with their setting `email_<word>`.
MAIL_OF = {
    Kind.REPLIED: "replies",
    Kind.QUOTED: "replies",
    Kind.MENTIONED: "mentions",
    Kind.COMMENT_ADDED: "watched",
    Kind.TOPIC_OPENED: "watched",
    Kind.OPENED: "watched",
    Kind.MODERATED: "moderation",
    Kind.ENDED: "events",
    Kind.REMINDED: "events",
}


def wants(member: User, kind: str) -> bool:
    """Does the member want mail about this kind of notification?"""
    return member.email_pace != Pace.NEVER and getattr(member, f"email_{MAIL_OF[kind]}")


def due_at(member: User, kind: str, happened: datetime) -> datetime | None:
    """Return when to mail something that `happened` then, or None for never."""
    if not wants(member, kind):
        return None
    if member.email_pace == Pace.AT_ONCE or kind in URGENT:
        return happened + GRACE
    return next_morning(happened, member.time_zone, is_weekly=member.email_pace == Pace.WEEKLY)


def next_morning(after: datetime, time_zone: str, *, is_weekly: bool) -> datetime:
    """Return the first morning in that time zone later than `after`. A weekly digest waits for a Monday."""
    zone = ZoneInfo(time_zone)
    day = after.astimezone(zone).date()
    while _morning(day, zone) <= after or (is_weekly and day.weekday() != MONDAY):
        day += timedelta(days=1)
    return _morning(day, zone)


def _morning(day, zone):
    return datetime.combine(day, MORNING, zone).astimezone(UTC)
