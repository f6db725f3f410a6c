"""Events queue their dispatch, and notifications their mail, when they are committed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from config.celery import app
from config.processes import task_queue
from forums import tasks
from forums.models import Notification, OutboxEvent, Watch
from forums.models.debates.debate_queries import TRANSITIONS_TASK
from forums.models.notifications import outbox
from forums.notifications import dispatch, schedule
from polls.models.poll import CLOSE_TASK
from tests.concurrency import run_concurrently


def test_events_queue_the_dispatch_once_until_it_has_begun(queued, opening, say):
    for _ in range(3):
        say(opening)
    assert queued() == [(outbox.DISPATCH_TASK, None)]
    tasks.dispatch_events.apply()
    queued()
    say(opening)
    assert queued() == [(outbox.DISPATCH_TASK, None)]


def test_a_notification_queues_the_mail_for_when_it_is_due(opening, say, queued, ada):
    dispatch.dispatch_events()
    for _ in range(2):
        say(opening)
    queued()
    dispatch.dispatch_events()
    [(task, eta)] = queued()
    latest = Notification.objects.order_by("created_at").last()
    assert task == schedule.MAIL_TASK
    assert timedelta(0) < datetime.fromisoformat(eta) - latest.due_at < timedelta(seconds=6)


def test_mails_that_are_due_in_one_interval_are_queued_together(opening, say, redis_round_trips):
    dispatch.dispatch_events()
    interval = datetime.now(UTC).timestamp() // task_queue.INTERVAL * task_queue.INTERVAL
    for second in (3, 1, 2):
        say(opening)
        written = OutboxEvent.objects.filter(pk=OutboxEvent.objects.latest("pk").pk)
        written.update(created_at=datetime.fromtimestamp(interval + second, UTC))
    redis_round_trips.clear()
    dispatch.dispatch_events()
    assert Notification.objects.exclude(due_at=None).count() == 3
    assert sum(f"queued:{schedule.MAIL_TASK}" in repr(each) for each in redis_round_trips) == 1


def test_a_digest_is_left_to_the_periodic_run(opening, say, queued, ada):
    at_noon = f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"  # where the next morning is many hours away
    User.objects.filter(pk=ada.pk).update(email_pace="daily", time_zone=at_noon)
    dispatch.dispatch_events()
    say(opening)
    queued()
    dispatch.dispatch_events()
    assert Notification.objects.get(member=ada).due_at and queued() == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_dispatch_each_event_once(opening, say, ada, cleo):
    dispatch.dispatch_events()
    Watch.objects.choose(cleo, "watching", topic=opening.topic)
    for _ in range(120):
        say(opening)
    assert sum(run_concurrently(*[dispatch.dispatch_events] * 3)) == 120
    assert (OutboxEvent.objects.count(), Notification.objects.filter(member=ada).count()) == (0, 120)
    assert Notification.objects.filter(member=cleo).count() == 120


def test_an_idle_dispatch_costs_one_query(opening):
    dispatch.dispatch_events()
    with CaptureQueriesContext(connection) as queries:
        assert dispatch.dispatch_events() == 0
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 1


def test_each_task_that_a_commit_queues_exists_and_also_runs_periodically():
    app.loader.import_default_modules()
    periodic = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {outbox.DISPATCH_TASK, schedule.MAIL_TASK, TRANSITIONS_TASK, CLOSE_TASK} <= periodic & set(
        app.tasks
    )
