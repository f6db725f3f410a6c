"""The time at which an event is mailed depends on the member's time zone and preferences."""

from datetime import UTC, datetime

import pytest

from accounts.models import User
from forums.notifications import schedule


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("pace", "kind", "zone", "happened", "due"),
    [
        ("at_once", "replied", "UTC", "2026-05-06 10:00", "2026-05-06 10:02"),
        ("never", "replied", "UTC", "2026-05-06 10:00", None),
        ("never", "moderated", "UTC", "2026-05-06 10:00", None),
        ("daily", "replied", "UTC", "2026-05-06 06:59", "2026-05-06 07:00"),
        ("daily", "replied", "UTC", "2026-05-06 07:00", "2026-05-07 07:00"),
        ("daily", "comment_added", "Asia/Tokyo", "2026-05-06 21:59", "2026-05-06 22:00"),
        ("daily", "comment_added", "Asia/Tokyo", "2026-05-06 22:30", "2026-05-07 22:00"),
        ("daily", "mentioned", "America/Los_Angeles", "2026-05-06 03:00", "2026-05-06 14:00"),
        ("daily", "quoted", "Pacific/Kiritimati", "2026-05-06 10:30", "2026-05-06 17:00"),
        # Clocks go forward on Sunday, 29 March 2026, and back on 25 October. The digest stays at seven local time.
        ("daily", "replied", "Europe/Berlin", "2026-03-28 12:00", "2026-03-29 05:00"),
        ("daily", "replied", "Europe/Berlin", "2026-03-27 12:00", "2026-03-28 06:00"),
        ("daily", "replied", "Europe/Berlin", "2026-10-24 12:00", "2026-10-25 06:00"),
        ("weekly", "replied", "UTC", "2026-05-06 10:00", "2026-05-11 07:00"),
        ("weekly", "replied", "UTC", "2026-05-11 06:00", "2026-05-11 07:00"),
        ("weekly", "replied", "UTC", "2026-05-11 08:00", "2026-05-18 07:00"),
        ("weekly", "replied", "Asia/Tokyo", "2026-05-10 21:00", "2026-05-10 22:00"),
        # Both kinds skip the digest.
        ("weekly", "moderated", "UTC", "2026-05-06 10:00", "2026-05-06 10:02"),
        ("daily", "reminded", "UTC", "2026-05-06 10:00", "2026-05-06 10:02"),
        ("daily", "ended", "UTC", "2026-05-06 10:00", "2026-05-07 07:00"),
    ],
)
def test_the_moment_of_a_mail(pace, kind, zone, happened, due):
    member = User(email_pace=pace, time_zone=zone)
    assert schedule.due_at(member, kind, at(happened)) == (due and at(due))


@pytest.mark.parametrize(
    ("off", "silent"),
    [
        ("email_replies", {"replied", "quoted"}),
        ("email_mentions", {"mentioned"}),
        ("email_watched", {"comment_added", "topic_opened", "opened"}),
        ("email_moderation", {"moderated"}),
        ("email_events", {"ended", "reminded"}),
    ],
)
def test_each_kind_can_be_switched_off_by_itself(off, silent):
    member = User(**{off: False})
    happened = at("2026-05-06 10:00")
    assert {kind for kind in schedule.MAIL_OF if schedule.due_at(member, kind, happened) is None} == silent
    assert set(schedule.MAIL_OF) == set(schedule.Kind)
