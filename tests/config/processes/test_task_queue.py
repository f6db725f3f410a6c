"""Tasks are queued by the commit that causes them: once, and without holding up anybody when the broker is away."""

import time
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from django.db import transaction
from django.utils import timezone
from structlog.testing import capture_logs

from config.celery import app
from config.processes import task_queue
from forums.tasks import delete_old_notifications

TASK = delete_old_notifications.name
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def without_broker(monkeypatch):
    """Publishers find no broker, while the cache's Redis is there."""
    monkeypatch.setattr(
        app.conf, "broker_write_url", "redis+socket:///tmp/fm-nowhere/redis.sock?virtual_host=0"
    )
    monkeypatch.setattr(app, "_pool", None)
    monkeypatch.setattr(app.amqp, "_producer_pool", None)


def test_a_task_is_queued_after_the_commit_and_not_after_a_rollback(queued):
    with transaction.atomic():
        task_queue.start_on_commit(TASK)
        assert queued() == []
    assert queued() == [(TASK, None)]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        task_queue.start_on_commit(TASK)
        1 / 0  # noqa: B018
    assert queued() == []


def test_it_is_queued_again_only_when_it_has_begun(queued):
    for _ in range(3):
        task_queue.start_on_commit(TASK)
    assert queued() == [(TASK, None)]
    delete_old_notifications.apply()
    task_queue.start_on_commit(TASK)
    assert queued() == [(TASK, None)]


def test_a_request_that_was_lost_does_not_keep_others_away_for_long(queued, monkeypatch):
    monkeypatch.setattr(task_queue, "REQUEUE_AFTER", 0.2)
    task_queue.start_on_commit(TASK)
    assert queued() == [(TASK, None)]
    time.sleep(0.3)
    task_queue.start_on_commit(TASK)
    assert queued() == [(TASK, None)]


def test_threads_of_a_page_worker_reach_the_broker_too(queued):
    thread = Thread(target=task_queue.start_on_commit, args=[TASK])
    thread.start()
    thread.join()
    assert queued() == [(TASK, None)]


def test_tasks_for_the_same_time_are_queued_once_and_run_after_it(queued):
    at = (timezone.now() + timedelta(minutes=2)).replace(second=30, microsecond=0)
    for wanted in (at, at - timedelta(seconds=3), at + timedelta(seconds=1)):
        task_queue.start_on_commit(TASK, at=wanted)
    first, second = queued()
    assert (first[0], second[0]) == (TASK, TASK)
    assert datetime.fromisoformat(first[1]) - at == task_queue.MARGIN
    assert datetime.fromisoformat(second[1]) - at == task_queue.MARGIN + timedelta(seconds=5)


def test_what_is_due_already_runs_now_and_what_is_far_away_is_left_to_the_periodic_run(queued):
    task_queue.start_on_commit(TASK, at=datetime(2020, 1, 1, tzinfo=UTC))
    task_queue.start_on_commit(TASK, at=timezone.now() + timedelta(hours=1))
    assert queued() == [(TASK, None)]


def test_without_redis_nothing_is_queued_and_nobody_waits(queued, redis_is):
    redis_is("away")
    began = time.monotonic()
    for _ in range(50):
        task_queue.start_on_commit(TASK)
    assert time.monotonic() - began < 5  # fifty attempts would wait for ten seconds
    redis_is("back")
    assert queued() == []


def test_without_the_broker_one_attempt_is_made_in_ten_seconds(without_broker):
    began = time.monotonic()
    with capture_logs() as logs:
        for _ in range(50):
            task_queue.start_on_commit(TASK)
    assert time.monotonic() - began < 5  # fifty attempts would wait for ten seconds
    assert [(line["event"], line["task"]) for line in logs] == [
        ("task not queued; its periodic run will do the work", TASK)
    ]
