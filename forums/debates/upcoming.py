"""Finds the running and upcoming debates for the strip above the topics.

The list is cached as a whole and filtered for each viewer.
"""

from datetime import datetime
from typing import NamedTuple

from config.caching import cache_tags
from config.caching.evictable import cache
from config.engines import clock
from forums.access import permissions
from forums.listing import categories
from forums.models import Debate

KNOWN, SHOWN = 50, 2
"""Debates in the cache, and how many of them a page shows."""


class UpcomingDebate(NamedTuple):
    """A running or upcoming debate, in plain values for the cache."""

    title: str
    address: str
    category: int
    starts_at: datetime
    ends_at: datetime

    @property
    def is_running(self) -> bool:
        return self.starts_at <= clock.now()


def of(user) -> list[UpcomingDebate]:
    """Return the debates that `user` may see, the next first. No query while cached, otherwise one.

    Every change of a debate touches the cache tag.
    """
    now = clock.now()
    seen = (each for each in _all() if each.ends_at > now and _may_see(user, each))
    return [each for each, _ in zip(seen, range(SHOWN), strict=False)]


def _may_see(user, debate):
    return permissions.may_see(user, categories.by_id(debate.category))


# The value of the cache tag, and the debates that this process has read under it.
_local: tuple[str, list[UpcomingDebate]] = ("", [])


def _all():
    global _local
    marks = cache_tags.read(cache_tags.DEBATES)
    if marks is None:
        return _read()
    if _local[0] != marks[0]:
        kept = cache.get_or_set(f"debates:{marks[0]}", _read, cache_tags.LIFETIME)
        _local = marks[0], [UpcomingDebate(*each) for each in kept]
    return _local[1]


def _read():
    # Debates in hidden topics are left out for everyone. Moderators find them in the topics.
    found = Debate.objects.filter(ended_at=None, topic__hidden_at=None, topic__deleted_at=None)
    found = found.select_related("topic").order_by("starts_at", "pk")[:KNOWN]
    return [
        UpcomingDebate(
            each.topic.title,
            each.topic.get_absolute_url(),
            each.topic.category_id,
            each.starts_at,
            each.ends_at,
        )
        for each in found
    ]
