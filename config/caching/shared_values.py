"""Values that are expensive to make and that all processes share, such as the shared part of a page.

All values are in Redis, and each process keeps those that it has used last. A missing value is made by one thread. The
other threads of all processes wait for it, for at most WAIT seconds. After that, and without Redis, each makes its own.
The key of a value names all that it depends on, so it is right whoever has made it.
"""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from config.caching.evictable import cache
from config.caching.recent_values import RecentValues
from config.monitoring import counters

Stored = TypeVar("Stored")
Value = TypeVar("Value")

WAIT = 0.5
"""Seconds for which a thread waits for a value that another one makes."""
PAUSE = 0.005
"""Seconds between two looks into Redis meanwhile."""
LOCK = 2
"""Seconds after which another process makes the value, because the one that began has died."""


def _same(stored):
    return stored


class SharedValues(Generic[Stored, Value]):
    """Values by key. Each process keeps at most `most` of them; all live for `seconds`."""

    def __init__(self, name: str, most: int, seconds: int) -> None:
        self.name, self.recent = name, RecentValues[Value](most, seconds)
        self._seconds, self._lock, self._being_made = seconds, threading.Lock(), dict[str, _BeingMade]()

    def get(
        self, key: str, make: Callable[[], tuple[Stored, bool]], build: Callable[[Stored], Value] = _same
    ) -> Value:
        """Return the value of `key`.

        `make` returns what Redis stores of it, and whether others may need it. Only such values go into Redis, because
        a client can invent addresses without end. `build` makes of it what this process keeps. No Redis round trip if
        this process has the value, otherwise one, or two if it has to be made.
        """
        if (value := self.recent.get(key)) is not None:
            counters.read_cache(f"{self.name} in process", hits=1, misses=0)
            return value
        with self._lock:
            if (value := self.recent.get(key)) is not None:
                return value
            other = self._being_made.get(key)
            if other is None:
                self._being_made[key] = mine = _BeingMade()
        if other is not None:
            other.ends.wait(WAIT)
            return self._find_or_make(key, make, build) if other.value is None else other.value
        try:
            mine.value = value = self._find_or_make(key, make, build)
            return value
        finally:
            with self._lock:
                if mine.value is not None:
                    self.recent.put(key, mine.value)
                del self._being_made[key]
            mine.ends.set()

    def _find_or_make(self, key, make, build):
        name, lock = f"{self.name}:{key}", f"making:{self.name}:{key}"
        stored, is_mine = cache.get_or_lock(name, lock, LOCK)
        if stored is None and not is_mine:
            stored = self._wait(name, lock)
        if stored is not None:
            return build(stored)
        is_stored = False
        try:
            made, is_needed = make()
            value = build(made)
            if is_needed:
                cache.set_many({name: made}, self._seconds)
                is_stored = True
            return value
        finally:
            if not is_stored:
                cache.delete(lock)  # nobody must wait for a value that will not come

    def _wait(self, name, lock):
        """Wait for the value that another process makes. None if it does not come."""
        until = time.monotonic() + WAIT
        while time.monotonic() < until:
            time.sleep(PAUSE)
            found = cache.get_many([name, lock])
            if name in found or lock not in found:
                return found.get(name)
        return None


class _BeingMade:
    """A value that a thread of this process makes. It stays None if that fails."""

    def __init__(self) -> None:
        self.ends, self.value = threading.Event(), None
