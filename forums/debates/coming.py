"""The debates that run or come next, for a strip above the topics; kept in the cache whole, sifted for each viewer."""

from datetime import datetime
from typing import NamedTuple

from django.core.cache import cache
from django.utils import timezone

from config import stamps
from forums import categories, permissions
from forums.models import Debate

KNOWN, SHOWN = 50, 2
"""Debates kept, and how many of them a page shows."""


class Coming(NamedTuple):
    """One of them; plain values, for the cache."""

    title: str
    address: str
    category: int
    starts_at: datetime
    ends_at: datetime

    @property
    def is_running(self) -> bool:
        return self.starts_at <= timezone.now()


def of(user) -> list[Coming]:
    """What `user` may see, the next first. No query while cached (every debate's topic touches the stamp), else one."""
    now = timezone.now()
    seen = (each for each in _all() if each.ends_at > now and _may_see(user, each))
    return [each for each, _ in zip(seen, range(SHOWN), strict=False)]


def _may_see(user, debate):
    return permissions.may_see(user, categories.by_id(debate.category))


def _all():
    marks = stamps.read(stamps.DEBATES)
    if marks is None:
        return _read()
    kept = cache.get_or_set(f"debates:{marks[0]}", _read, stamps.LIFETIME)
    return [Coming(*each) for each in kept]


def _read():
    # Hidden ones are for moderators, who know where to find them.
    found = Debate.objects.filter(ended_at=None, topic__hidden_at=None, topic__deleted_at=None)
    found = found.select_related("topic").order_by("starts_at", "pk")[:KNOWN]
    return [
        Coming(
            each.topic.title,
            each.topic.get_absolute_url(),
            each.topic.category_id,
            each.starts_at,
            each.ends_at,
        )
        for each in found
    ]
