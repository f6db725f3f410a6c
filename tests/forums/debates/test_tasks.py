"""Debates begin and end by a task that is queued for their times."""

from datetime import datetime, timedelta

from forums import tasks
from forums.models.debates.debate_queries import TRANSITIONS_TASK, WARNED


def times(queued):
    """Return when the queued tasks turn debates."""
    return [datetime.fromisoformat(eta) for task, eta in queued() if task == TRANSITIONS_TASK]


def is_soon_after(found, at):
    return timedelta(0) < found - at < timedelta(seconds=6)


def test_a_debate_that_begins_soon_queues_its_beginning(announce, queued):
    debate = announce(starts=0.2)
    [found] = times(queued)
    assert is_soon_after(found, debate.starts_at)


def test_the_reminder_and_the_end_are_queued_too(announce, queued):
    debate = announce(starts=0.4, ends=0.45)
    [found] = times(queued)
    assert is_soon_after(found, debate.starts_at - WARNED)
    announced = debate.starts_at - timedelta(minutes=20), debate.ends_at - timedelta(minutes=20)
    debate.change(starts_at=announced[0], ends_at=announced[1])
    assert [is_soon_after(*pair) for pair in zip(times(queued), announced, strict=True)] == [True, True]


def test_one_that_begins_later_is_queued_by_the_periodic_run_when_it_is_near(announce, queued):
    debate = announce(starts=48, ends=49)
    tasks.run_debate_transitions()
    assert times(queued) == []
    type(debate).objects.update(starts_at=(at := debate.starts_at - timedelta(hours=47.9)))
    tasks.run_debate_transitions()
    [found] = times(queued)
    assert is_soon_after(found, at)
