"""Without Redis and Celery, events wait. They are dispatched once when both are back."""

from datetime import datetime, timedelta

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from config.celery import app
from config.management.commands import doctor
from config.trouble import Trouble
from forums import live, notify, spreading, tasks
from forums.letters import when
from forums.models import Letter, News, Notification, Watch
from forums.models.debates import TURN
from polls.models.poll import CLOSE
from tests.races import at_once


@pytest.fixture
def without_redis(monkeypatch):
    nowhere = redis.Redis(unix_socket_path="/tmp/fm-nowhere/redis.sock")
    monkeypatch.setattr(live, "get_redis_connection", lambda alias: nowhere)


def test_without_redis_notifications_are_made_all_the_same(opening, say, without_redis, ada):
    say(opening)
    spreading.spread()
    assert Notification.objects.get().member == ada


def test_events_queue_the_dispatch_once_until_it_has_begun(queued, opening, say):
    for _ in range(3):
        say(opening)
    assert queued() == [(notify.DISPATCH, None)]
    tasks.spread_news.apply()
    queued()
    say(opening)
    assert queued() == [(notify.DISPATCH, None)]


def test_a_notification_queues_the_mail_for_when_it_is_due(opening, say, queued, ada):
    spreading.spread()
    for _ in range(2):
        say(opening)
    queued()
    spreading.spread()
    [(task, eta)] = queued()
    latest = Notification.objects.order_by("created_at").last()
    assert task == when.MAIL
    assert timedelta(0) < datetime.fromisoformat(eta) - latest.due_at < timedelta(seconds=6)


def test_a_digest_is_left_to_the_periodic_run(opening, say, queued, ada):
    User.objects.filter(pk=ada.pk).update(email_pace="daily")
    spreading.spread()
    say(opening)
    queued()
    spreading.spread()
    assert Notification.objects.get(member=ada).due_at and queued() == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_dispatch_each_event_once(opening, say, ada, cleo):
    spreading.spread()
    Watch.objects.choose(cleo, "watching", topic=opening.topic)
    for _ in range(120):
        say(opening)
    assert sum(at_once(*[spreading.spread] * 3)) == 120
    assert (News.objects.count(), Notification.objects.filter(member=ada).count()) == (0, 120)
    assert Notification.objects.filter(member=cleo).count() == 120


def test_an_idle_dispatch_costs_one_query(opening):
    spreading.spread()
    with CaptureQueriesContext(connection) as queries:
        assert spreading.spread() == 0
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 1


def test_what_happens_while_the_jobs_are_away_waits_for_them(opening, say, ada):
    tasks.spread_news()
    for _ in range(120):  # more than two batches
        say(opening)
    assert (News.objects.count(), Notification.objects.count()) == (120, 0)
    tasks.spread_news()
    assert (News.objects.count(), Notification.objects.filter(member=ada).count()) == (0, 120)


def test_the_doctor_sees_what_the_jobs_have_left_lying(opening, say, ada):
    spreading.spread()
    assert doctor.jobs() == "The jobs are up to date; 0 letters wait to be sent"
    say(opening)
    assert "up to date" in doctor.jobs()
    News.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    with pytest.raises(Trouble, match="1 pieces of news"):
        doctor.jobs()
    spreading.spread()
    Letter.objects.create(member=ada, notifications=[1], attempts=8)
    with pytest.raises(Trouble, match="1 letters could not be sent"):
        doctor.jobs()


def test_the_clock_calls_jobs_that_exist():
    app.loader.import_default_modules()
    called = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {notify.DISPATCH, when.MAIL, TURN, CLOSE} <= called
    assert called <= set(app.tasks)
