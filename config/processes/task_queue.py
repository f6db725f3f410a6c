"""Starts Celery tasks after the commit that causes them.

A request to start a task can be lost: Redis may be away, or the worker may die. So a task started here must read its
work from the database, be safe to run twice, and also run periodically (`CELERY_BEAT_SCHEDULE`).
"""

import json
import math
from datetime import UTC, datetime, timedelta
from functools import partial

import redis
import structlog
from celery import current_app
from celery.signals import task_prerun
from django.db import transaction
from django.utils import timezone
from django_redis import get_redis_connection
from kombu.exceptions import OperationalError

from config.caching.redis_calls import call
from config.monitoring import tasks
from config.monitoring.queues import Backlog

MAX_AHEAD = timedelta(minutes=15)
"""A task is queued at most this long before its time. Redis delivers a task again that a worker has held for an hour,
so later times are left to the periodic run."""
INTERVAL = 5
"""Seconds. Tasks that are due within the same interval run once, at its end."""
MARGIN = timedelta(seconds=0.2)
"""Added to the end of an interval, because a timer may fire some milliseconds early."""
REQUEUE_AFTER = 10
"""Seconds after which a task that was queued but has not begun may be queued again."""
EXPIRES_AFTER = 60
"""Seconds after REQUEUE_AFTER in which a queued task must begin. Otherwise it is dropped.

So a worker that was away does not run hundreds of them.
"""
log = structlog.get_logger("folkmoot.tasks")


def start_on_commit(task: str, *, at: datetime | None = None) -> None:
    """Queue `task`, given by its full name, after the commit: now, or at most INTERVAL seconds after `at`.

    While one is queued and has not begun, further requests cost one Redis round trip and queue nothing. Without Redis,
    and for times that are more than MAX_AHEAD away, nothing is queued. Never raises.
    """
    transaction.on_commit(partial(_start, task, at), robust=True)


@task_prerun.connect
def _allow_next(sender, **about) -> None:
    """Let a task that begins be queued again, because it reads its work only after this."""
    try:
        get_redis_connection("default").delete(_key(sender.name))
    except redis.RedisError:
        log.info("queued task not forgotten", task=sender.name)


def _start(task: str, at: datetime | None) -> None:
    now = timezone.now()
    if at is None or at <= now:
        _queue(task, _key(task), lifetime=REQUEUE_AFTER)
    elif at <= now + MAX_AHEAD:
        eta = interval_end(at)
        _queue(
            task,
            f"{_key(task)}:{eta.timestamp():.0f}",
            lifetime=REQUEUE_AFTER + (eta - now).total_seconds(),
            eta=eta,
        )


def _queue(task, key, *, lifetime: float, eta: datetime | None = None) -> None:
    try:
        pool = get_redis_connection("default").connection_pool
        (is_first,) = call(pool, ("SET", key, 1, "PX", int(lifetime * 1000), "NX"))
        if is_first:
            current_app.send_task(task, eta=eta, expires=lifetime + EXPIRES_AFTER, ignore_result=True)
    except (redis.RedisError, OperationalError, OSError):
        log.warning("task not queued; its periodic run will do the work", task=task)


def backlog() -> Backlog | None:
    """The tasks that wait in the broker. None if the broker does not answer, or is not Redis. Two round trips."""
    try:
        with current_app.connection_for_read() as connection:
            if connection.transport.driver_type != "redis":
                return None
            broker, queue = connection.default_channel.client, current_app.conf.task_default_queue
            waiting, oldest = broker.llen(queue), broker.lindex(queue, -1)
    except (redis.RedisError, OperationalError, OSError):
        return None
    stamp = json.loads(oldest)["headers"].get(tasks.QUEUED_AT) if oldest else None
    return Backlog(waiting, stamp and datetime.fromtimestamp(stamp, UTC))


def interval_end(at: datetime) -> datetime:
    """When a task runs that is due `at`, which is in the future."""
    return datetime.fromtimestamp(math.ceil(at.timestamp() / INTERVAL) * INTERVAL, UTC) + MARGIN


def _key(task: str) -> str:
    return f"queued:{task}"
