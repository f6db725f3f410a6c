"""Polls are closed by a task that is queued for their closing time."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from config.doctor import installation
from config.monitoring import attempts
from polls import tasks
from polls.ballots import closing
from polls.models import Poll
from polls.models.poll import CLOSE_TASK


@pytest.fixture
def closes_at(open_poll, django_capture_on_commit_callbacks):
    """`closes_at(minutes=2)` opens a poll that closes then, and returns the time."""

    def closes_at(**later):
        at = timezone.now() + timedelta(**later)
        with django_capture_on_commit_callbacks(execute=True):
            open_poll(closes_at=at)
        return at

    return closes_at


def times(queued):
    """Return when the queued tasks close polls."""
    return [eta and datetime.fromisoformat(eta) for task, eta in queued() if task == CLOSE_TASK]


def is_soon_after(found, at):
    return timedelta(0) < found - at < timedelta(seconds=6)


def test_a_poll_that_closes_soon_queues_its_closing(closes_at, queued):
    at = closes_at(minutes=2)
    [found] = times(queued)
    assert is_soon_after(found, at)


def test_moving_the_time_queues_the_closing_again(closes_at, ada, queued, django_capture_on_commit_callbacks):
    at = closes_at(minutes=2) + timedelta(minutes=5)
    times(queued)
    with django_capture_on_commit_callbacks(execute=True):
        Poll.objects.get().extend(at, by=ada)
    [found] = times(queued)
    assert is_soon_after(found, at)
    closing.close_due()
    assert Poll.objects.get().closed_at is None


def test_a_poll_that_closes_later_is_queued_by_the_periodic_run_when_it_is_near(
    closes_at, queued, django_capture_on_commit_callbacks
):
    closes_at(days=2)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.close_due()
    assert times(queued) == []
    at = timezone.now() + timedelta(minutes=3)
    Poll.objects.update(closes_at=at)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.close_due()
    [found] = times(queued)
    assert is_soon_after(found, at)


def test_a_poll_that_cannot_be_closed_does_not_queue_itself_without_end(
    closes_at, queued, monkeypatch, django_capture_on_commit_callbacks
):
    closes_at(seconds=-1)
    assert times(queued) == [None]
    monkeypatch.setattr(closing, "_freeze", lambda *given: 1 / 0)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.close_due()
    assert Poll.objects.get().closed_at is None and times(queued) == []


def test_a_poll_that_ends_its_workers_holds_up_no_other_and_shows_in_the_doctor(open_poll):
    deadly, _ = open_poll(), open_poll()
    Poll.objects.update(closes_at=timezone.now() - timedelta(minutes=3))
    for _ in range(attempts.MOST):
        attempts.begin("poll", [deadly.pk])  # and the worker has ended
    assert closing.close_due() == 1
    assert list(Poll.objects.due()) == [deadly]
    [(state, sentence)] = installation.queue_ages()
    assert (state, "polls (1)" in sentence) == (False, True)
    attempts.forget("poll", [deadly.pk])  # as it does after an hour
    assert closing.close_due() == 1
