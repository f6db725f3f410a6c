"""Counts the days on which a member comes. Trust grows with them."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from django.db.models import F, Q

from accounts.models import User

_callbacks: list[Callable[[User], None]] = []


def register(callback: Callable[[User], None]) -> None:
    """Call `callback(member)` at a member's first request of each day."""
    _callbacks.append(callback)


def today() -> date:
    """Today in UTC, the same day for everybody."""
    return datetime.now(UTC).date()


def count_today(member: User) -> None:
    """Count today, once: of two simultaneous requests only one counts it. One statement."""
    day = today()
    is_first = Q(here_on=None) | Q(here_on__lt=day)
    counted = User.objects.filter(is_first, pk=member.pk).update(here_on=day, days_here=F("days_here") + 1)
    member.here_on = day
    if counted:
        for callback in _callbacks:
            callback(member)
