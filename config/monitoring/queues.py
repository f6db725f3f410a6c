"""How much work waits, and for how long. Apps register their queues in `AppConfig.ready`."""

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


def register(name: str, backlog: Callable[[], Backlog | None]) -> None:
    """Measure a queue with `backlog()`. It may query Postgres and returns None if the queue cannot be read."""
    _queues[name] = backlog


def backlogs() -> dict[str, Backlog]:
    """The backlog of each queue that can be read. One query or one round trip to Redis each."""
    found = {}
    for name, backlog in _queues.items():
        try:
            found[name] = backlog()
        except DatabaseError:
            continue
    return {name: backlog for name, backlog in found.items() if backlog is not None}


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
        yield from (waiting, oldest)
