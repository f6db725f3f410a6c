"""Fixtures for mail: time passes, and the worker runs."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db.models import F

from forums import spreading
from forums.letters import claiming, sending
from forums.models import Letter, Notification


@pytest.fixture(autouse=True)
def _server_is_there(monkeypatch):
    monkeypatch.setattr(sending, "_away_until", 0.0)


@pytest.fixture
def later():
    """`later(minutes=3)` dispatches events and lets time pass for everything that is to be mailed."""

    def later(**passed):
        spreading.spread()
        Notification.objects.update(due_at=F("due_at") - timedelta(**passed))
        Letter.objects.update(due_at=F("due_at") - timedelta(**passed))

    return later


@pytest.fixture
def mailed():
    """`mailed()` does what the worker would do, and returns the mails that it sent."""

    def mailed():
        mail.outbox.clear()
        claiming.claim()
        sending.send_due()
        return list(mail.outbox)

    return mailed
