"""Lets time pass, and sends the mails that are due."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db.models import F

from accounts.mail import sending
from forums.models import Notification, OutgoingMail
from forums.notifications import dispatch
from forums.notifications.mail import claiming


@pytest.fixture(autouse=True)
def _server_is_there(monkeypatch):
    monkeypatch.setattr(sending, "_away_until", 0.0)


@pytest.fixture
def later():
    """Makes notifications and mails due earlier, as if time had passed: `later(minutes=3)`."""

    def later(**passed):
        dispatch.dispatch_events()
        Notification.objects.update(due_at=F("due_at") - timedelta(**passed))
        OutgoingMail.objects.update(due_at=F("due_at") - timedelta(**passed))

    return later


@pytest.fixture
def mailed():
    """Runs the periodic tasks and returns the mails they sent: `mailed()`."""

    def mailed():
        mail.outbox.clear()
        claiming.claim()
        sending.send_due()
        return list(mail.outbox)

    return mailed
