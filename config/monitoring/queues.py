"""How much work waits, for how long, and how much was given up. Apps register their queues in `AppConfig.ready`.

A piece of work that was given up, a dead letter, stays in its table until an operator has it tried again.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from django.db import DatabaseError
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric


class Backlog(NamedTuple):
    """The number of items that wait and are due, and the moment since when the oldest is."""

    waiting: int
    oldest: datetime | None

    @property
    def seconds(self) -> float:
        return max(0.0, (timezone.now() - self.oldest).total_seconds()) if self.oldest else 0.0


_queues: dict[str, Callable[[], Backlog | None]] = {}
_dead_letters: dict[str, Callable[[], int]] = {}


def register(
    name: str, backlog: Callable[[], Backlog | None], dead_letters: Callable[[], int] | None = None
) -> None:
    """Measure a queue with `backlog()`. It may query Postgres and returns None if the queue cannot be read.

    `dead_letters()` counts what was given up. None for a queue whose work is tried without end.
    """
    _queues[name] = backlog
    if dead_letters:
        _dead_letters[name] = dead_letters


def backlogs() -> dict[str, Backlog]:
    """The backlog of each queue that can be read. One query or one round trip to Redis each."""
    return {name: backlog for name, backlog in _readable(_queues) if backlog is not None}


def dead_letters() -> dict[str, int]:
    """The number of dead letters of each queue that can be read. One query each."""
    return dict(_readable(_dead_letters))


def _readable(measures):
    for name, measure in measures.items():
        try:
            yield name, measure()
        except DatabaseError:
            continue


class QueueMetrics:
    """Collects the backlogs at each request for /metrics."""

    def collect(self) -> Iterator[Metric]:
        waiting = GaugeMetricFamily("folkmoot_queue_waiting", "Items that are due.", labels=["queue"])
        oldest = GaugeMetricFamily(
            "folkmoot_queue_oldest_seconds", "Time for which the oldest item has been due.", labels=["queue"]
        )
        for name, backlog in backlogs().items():
            waiting.add_metric([name], backlog.waiting)
            oldest.add_metric([name], backlog.seconds)
        dead = GaugeMetricFamily("folkmoot_dead_letters", "Items that were given up.", labels=["queue"])
        for name, number in dead_letters().items():
            dead.add_metric([name], number)
        yield from (waiting, oldest, dead)
