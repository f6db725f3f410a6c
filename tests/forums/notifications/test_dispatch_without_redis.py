"""Without Redis and Celery, events wait. They are dispatched once when both are back."""

from datetime import timedelta
from io import StringIO

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from config.celery import app
from config.doctor import installation
from config.monitoring import attempts
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


def test_an_event_that_ends_its_workers_is_given_up_and_holds_up_no_other(opening, say, ada):
    dispatch.dispatch_events()
    for _ in range(3):
        say(opening)
    deadly, *others = OutboxEvent.objects.order_by("pk")
    attempts.begin(
        dispatch.QUEUE, [deadly.pk, *(other.pk for other in others)]
    )  # the worker of a batch has ended
    for _ in range(attempts.MOST - 1):
        attempts.begin(dispatch.QUEUE, [deadly.pk])  # and those that tried this event alone
    dispatch.dispatch_events()
    assert list(OutboxEvent.objects.given_up()) == list(OutboxEvent.objects.all()) == [deadly]
    assert Notification.objects.filter(member=ada).count() == 2
    OutgoingMail.objects.create(member=ada, notifications=[1], attempts=8)
    found = (
        "Work was given up: outbox (1), mail (1). The log of the jobs has the reason. When it is mended, run "
        "`manage.py retry_dead_letters`."
    )
    assert list(installation.dead_letters()) == [(False, found)]
    output = StringIO()
    call_command("retry_dead_letters", stdout=output)
    assert output.getvalue() == "2 dead letters will be tried again.\n"
    assert list(installation.dead_letters()) == [(True, "No work was given up")]
    dispatch.dispatch_events()
    assert Notification.objects.filter(member=ada).count() == 3


def test_the_clock_calls_jobs_that_exist():
    app.loader.import_default_modules()
    called = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {"forums.tasks.dispatch_events", "forums.tasks.send_mail"} <= called
    assert called <= set(app.tasks)
