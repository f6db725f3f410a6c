"""When a notification is mailed, unless it has been read by then."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import User
from forums.models import Notification

GRACE = timedelta(minutes=2)
"""Time to read on the site what would be mailed at once."""
MORNING = time(7)
MONDAY = 0
Pace, Kind = User.EmailPace, Notification.Kind
URGENT = {Kind.MODERATED, Kind.REMINDED}
"""Not for a digest: a moderator's decision can be appealed, a reminder is of something that begins soon."""

# The kinds of mail, each of which members choose by itself: `email_<word>` of a member.
MAIL_OF = {
    Kind.REPLIED: "replies",
    Kind.QUOTED: "replies",
    Kind.MENTIONED: "mentions",
    Kind.COMMENT_ADDED: "watched",
    Kind.TOPIC_OPENED: "watched",
    Kind.MODERATED: "moderation",
    Kind.ENDED: "events",
    Kind.REMINDED: "events",
}


def wants(member: User, kind: str) -> bool:
    """Does the member want mail of this kind of notification at all?"""
    return member.email_pace != Pace.NEVER and getattr(member, f"email_{MAIL_OF[kind]}")


def due_at(member: User, kind: str, happened: datetime) -> datetime | None:
    """When to mail what has `happened`; None for never."""
    if not wants(member, kind):
        return None
    if member.email_pace == Pace.AT_ONCE or kind in URGENT:
        return happened + GRACE
    return next_morning(happened, member.time_zone, is_weekly=member.email_pace == Pace.WEEKLY)


def next_morning(after: datetime, time_zone: str, *, is_weekly: bool) -> datetime:
    """The first morning (for a week's digest, Monday morning) in that place that is later than `after`."""
    zone = ZoneInfo(time_zone)
    day = after.astimezone(zone).date()
    while _morning(day, zone) <= after or (is_weekly and day.weekday() != MONDAY):
        day += timedelta(days=1)
    return _morning(day, zone)


def _morning(day, zone):
    return datetime.combine(day, MORNING, zone).astimezone(UTC)
