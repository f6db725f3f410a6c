"""The process that runs tasks, and sends the periodic ones from a thread."""

import os
import time
from pathlib import Path
from threading import Thread

import redis
import structlog
from celery import beat, current_app
from celery.signals import task_postrun, task_prerun
from django.conf import settings
from kombu.exceptions import OperationalError

from config.processes import priorities
from config.processes.heartbeat import Heartbeat

IDLE_SECONDS = 120
"""Seconds without a new task after which the process counts as stuck. The periodic tasks come every ten seconds."""
log = structlog.get_logger("folkmoot.tasks")


def main(heartbeat: Heartbeat) -> None:
    """Run tasks until SIGTERM. Tasks that have begun are finished."""
    from config.celery import app

    priorities.lower_process()
    # These exchange messages between workers; `serve` starts only one.
    alone = {"without_gossip": True, "without_mingle": True, "without_heartbeat": True}
    with Path(os.devnull).open("w") as nothing:
        os.dup2(nothing.fileno(), 1)  # Celery prints its banner there; the log is the standard error
    worker = app.Worker(**alone)
    Thread(target=_watch, args=(Progress(), heartbeat), daemon=True).start()
    if settings.CLOCK:
        # A process of its own would cost 60 MB. Only the command `celery beat` reads the class from the settings.
        beat.EmbeddedService(app, thread=True, scheduler_cls=settings.CELERY_BEAT_SCHEDULER).start()
    worker.start()


class Progress:
    """Follows the tasks of this process. A thread cannot be ended, so the whole process is replaced if one hangs."""

    def __init__(self) -> None:
        self.running: dict[str, tuple[str, float]] = {}
        """The name of each running task and the time when it counts as hanging, by its id."""
        self.last = time.monotonic()
        """When a task last began."""
        task_prerun.connect(self._begin)
        task_postrun.connect(self._end)

    def is_made(self) -> bool:
        """Whether no task hangs, and tasks arrive. None can arrive while the broker is away."""
        now = time.monotonic()
        hanging = [name for name, until in self.running.copy().values() if until < now]
        if hanging:
            log.error("tasks hang", tasks=hanging)
            return False
        if settings.CLOCK and now - self.last > IDLE_SECONDS:
            if _broker_answers():
                log.error("no task begins")
                return False
            self.last = now  # after an outage, the worker needs time to connect again
        return True

    def _begin(self, sender, task_id, **about) -> None:
        self.last = time.monotonic()
        limit = sender.time_limit or sender.app.conf.task_time_limit
        self.running[task_id] = sender.name, self.last + limit

    def _end(self, task_id, **about) -> None:
        self.running.pop(task_id, None)


def _watch(progress: Progress, heartbeat: Heartbeat) -> None:
    while True:
        if progress.is_made():
            heartbeat.beat()
        time.sleep(1)


def _broker_answers() -> bool:
    try:
        with current_app.connection_for_read() as connection:
            connection.channel()  # pings
    except (OSError, redis.RedisError, OperationalError):
        return False
    return True
