"""Without Redis and Celery, events wait. They are dispatched once when both are back."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from config.celery import app
from forums import tasks
from forums.models import Notification, OutboxEvent, OutgoingMail
from forums.notifications import backlog, dispatch


def test_without_redis_notifications_are_made_all_the_same(opening, say, redis_is, ada):
    redis_is("away")
    say(opening)
    dispatch.dispatch_events()
    assert Notification.objects.get().member == ada


def test_what_happens_while_the_jobs_are_away_waits_for_them(opening, say, ada):
    tasks.dispatch_events()
    for _ in range(120):  # more than two batches
        say(opening)
    assert (OutboxEvent.objects.count(), Notification.objects.count()) == (120, 0)
    tasks.dispatch_events()
    assert (OutboxEvent.objects.count(), Notification.objects.filter(member=ada).count()) == (0, 120)


def test_the_doctor_finds_outbox_events_and_mails_that_wait_too_long(opening, say, ada):
    dispatch.dispatch_events()
    fine = [(True, "The jobs are up to date; 0 mails wait to be sent")]
    assert list(backlog.check()) == fine
    say(opening)
    assert list(backlog.check()) == fine
    OutboxEvent.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    late = "1 outbox events have waited for minutes: is the jobs process running? See its log."
    assert list(backlog.check()) == [(False, late)]
    dispatch.dispatch_events()
    OutgoingMail.objects.create(member=ada, notifications=[1], attempts=8)
    failed = "1 mails failed 8 times and are not tried again: see the log of the jobs."
    assert list(backlog.check()) == [(False, failed)]


def test_the_clock_calls_jobs_that_exist():
    app.loader.import_default_modules()
    called = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {"forums.tasks.dispatch_events", "forums.tasks.send_mail"} <= called
    assert called <= set(app.tasks)
