"""Polls and debates open and close by Postgres' clock, whatever the clock of a page server shows."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from config.engines import clock
from config.management.commands import doctor
from forums.models import Debate
from polls.ballots import voting
from polls.models import Ballot, Poll

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[-HOUR, HOUR], ids=["an hour slow", "an hour fast"])
def wrong_clock(request, monkeypatch):
    """This process's clock is an hour off, and it connects again. Yields by how much."""
    monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC) + request.param)
    connection.close()
    yield request.param
    monkeypatch.undo()
    connection.close()
    connection.ensure_connection()
    assert clock.ahead() == timedelta(0)


def test_a_member_votes_in_a_poll_that_was_opened_here_or_by_another_server(
    wrong_clock, open_poll, ben, cleo
):
    here = open_poll()
    voting.cast(here, member=ben, marks=[here.option_ids[0]], token=uuid4())
    there = open_poll(opens_at=datetime.now(UTC) - HOUR / 2, closes_at=datetime.now(UTC) + HOUR / 2)
    assert (there.has_begun, there.is_closed) == (True, False)
    voting.cast(there, member=cleo, marks=[there.option_ids[0]], token=uuid4())
    assert Ballot.objects.count() == 2


def test_a_poll_is_closed_when_its_time_is_over(wrong_clock, open_poll):
    over = open_poll(opens_at=datetime.now(UTC) - HOUR, closes_at=datetime.now(UTC) - HOUR / 2)
    runs = open_poll(closes_at=datetime.now(UTC) + HOUR / 2)
    assert [over.is_closed, runs.is_closed] == [True, False]
    assert list(Poll.objects.due()) == [over]


def test_a_debate_runs_at_its_time(wrong_clock, topic, ada):
    starts_at = datetime.now(UTC) - HOUR / 2
    debate = Debate(topic=topic, starts_at=starts_at, ends_at=starts_at + HOUR)
    assert debate.state == Debate.State.RUNNING


def test_doctor_reports_the_difference(wrong_clock):
    _, finding = doctor.postgres()
    assert finding == (
        None, "The clocks of this machine and of Postgres differ by 3600 seconds: set both by NTP."
    )  # fmt: skip


def test_a_difference_of_less_than_a_second_is_ignored(monkeypatch):
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    clock.compare(moment + timedelta(seconds=0.9))
    assert clock.now() == moment
    clock.compare(moment + timedelta(seconds=90))
    assert clock.now() == moment + timedelta(seconds=90)
    clock.compare(moment)
