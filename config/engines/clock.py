"""The time by Postgres' clock, for decisions that several machines must make alike.

A statement that writes a ballot compares `opens_at` with Postgres' clock. A page server whose own clock is an hour slow
would otherwise say for an hour that the poll has not begun.
"""

from datetime import datetime, timedelta

from django.utils import timezone

TOLERATED = timedelta(seconds=1)
"""A smaller difference is ignored: reading the clock over the network is not more exact."""
_ahead = timedelta(0)


def now() -> datetime:
    """The time by Postgres' clock, as it was compared with ours at this process's last connection. No query."""
    return timezone.now() + _ahead


def compare(postgres: datetime) -> None:
    """Note what Postgres' clock shows at this moment."""
    global _ahead
    difference = postgres - timezone.now()
    _ahead = difference if abs(difference) > TOLERATED else timedelta(0)


def ahead() -> timedelta:
    """How far Postgres' clock is ahead of ours. Zero within TOLERATED."""
    return _ahead
