"""Counts and times Celery tasks, and stamps each with the time at which it was queued."""

import time

from celery.signals import before_task_publish, task_postrun, task_prerun
from prometheus_client import Gauge, Histogram

SECONDS = Histogram(
    "folkmoot_task_seconds",
    "Time that a task took, by its state at the end.",
    ["task", "state"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 30, 300),
)
BUSY = Gauge("folkmoot_tasks_in_progress", "Tasks that are running.", multiprocess_mode="livesum")
QUEUED_AT = "queued_at"
"""The header with the time, in seconds since 1970."""


def register() -> None:
    """Count the tasks of this process from now on."""
    before_task_publish.connect(_stamp)
    task_prerun.connect(_begin)
    task_postrun.connect(_end)


def _stamp(headers, **about):
    headers[QUEUED_AT] = time.time()


def _begin(task, **about):
    task.request.began_at = time.perf_counter()
    BUSY.inc()


def _end(task, state, **about):
    BUSY.dec()
    SECONDS.labels(task.name, state).observe(time.perf_counter() - task.request.began_at)
