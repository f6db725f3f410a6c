"""The values that a process has used last, each for a limited time: saves the look-up in Redis and the unpacking."""

import time
import weakref
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


_all: "weakref.WeakSet[RecentValues]" = weakref.WeakSet()


def clear_all() -> None:
    """Drop all that this process keeps, because it will not need it again."""
    for values in list(_all):
        values.clear()


class RecentValues(Generic[Value]):
    """At most `most` values by key, each for `seconds`. The oldest ones are dropped."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        _all.add(self)
        self._kept: OrderedDict[Hashable, tuple[float, Value]] = OrderedDict()

    def get(self, key: Hashable) -> Value | None:
        made, value = self._kept.get(key, (0.0, None))
        return value if time.monotonic() - made <= self._seconds else None

    def put(self, key: Hashable, value: Value) -> None:
        self._kept[key] = (time.monotonic(), value)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def values(self) -> list[Value]:
        return [value for _, value in self._kept.values()]

    def clear(self) -> None:
        self._kept.clear()
