"""The newest record for the footer of each page, as the task that writes records has published it."""

from typing import NamedTuple

from config.caching.evictable import cache
from config.caching.recent_values import RecentValues

KEY = "head of the chain"
LIFETIME = 3_600
"""Seconds. The task publishes the head again each minute, because the cache may have lost it."""
_recent: RecentValues["Head"] = RecentValues(1, 30)


class Head(NamedTuple):
    """The number and the hash of the newest record. Both are empty while it is unknown."""

    seq: int
    hash: str


NONE = Head(0, "")


def publish(record) -> None:
    """Let all processes show this record as the newest one."""
    cache.set(KEY, (record.seq, record.hash), LIFETIME)
    _recent.put(KEY, Head(record.seq, record.hash))


def current() -> Head:
    """The head, at most half a minute old. No query; a Redis round trip each half minute in each process."""
    found = _recent.get(KEY)
    if found is None:
        found = Head(*(cache.get(KEY) or NONE))
        _recent.put(KEY, found)
    return found
