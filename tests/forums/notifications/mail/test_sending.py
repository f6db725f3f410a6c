"""Mails that are due are sent and recorded, even if the mail server fails or a worker dies."""

import smtplib

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from accounts.mail import sending
from config.monitoring import attempts
from forums.models import Notification, OutgoingMail, Watch
from forums.notifications.mail import claiming


class Server(EmailBackend):
    """A mail backend that raises the listed errors first, and then works."""

    failures = []

    def send_messages(self, messages):
        if Server.failures:
            raise Server.failures.pop(0)
        return super().send_messages(messages)


@pytest.fixture
def fails(settings):
    """Sets the mail server's next errors: `fails(error, …)`."""
    settings.EMAIL_BACKEND = "tests.forums.notifications.mail.test_sending.Server"

    def fails(*errors):
        Server.failures = list(errors)

    yield fails
    Server.failures = []


@pytest.fixture
def due(opening, say, later, cleo):
    """Makes a mail to Ada and one to Cleo due."""
    Watch.objects.choose(cleo, "watching", topic=opening.topic)
    say(opening)
    later(minutes=3)
    assert claiming.claim() == 2
    return OutgoingMail.objects.order_by("pk")


def sent():
    mail.outbox.clear()
    sending.send_due()
    return sorted(each.to[0] for each in mail.outbox)


BOTH = ["ada@example.org", "cleo@example.org"]
REFUSED = smtplib.SMTPRecipientsRefused({"x": (550, b"no such user")})


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        smtplib.SMTPServerDisconnected(),
        smtplib.SMTPConnectError(421, b""),
    ],
)
def test_while_the_server_is_away_mails_keep_their_attempts_and_wait(due, fails, error, monkeypatch):
    fails(error)
    assert sent() == []
    assert [mail.attempts for mail in due.all()] == [0, 0]
    assert sent() == []  # the server works again, but the pause is not over
    monkeypatch.setattr(sending, "_away_until", 0.0)
    assert sent() == BOTH
    assert due.count() == 0


def test_a_refused_mail_holds_up_no_other_and_is_tried_again(due, fails, later):
    fails(REFUSED)
    assert len(sent()) == 1
    [left] = due.all()
    assert left.attempts == 1
    assert sent() == []
    later(minutes=3)
    assert sent() == [left.member.email]
    assert due.count() == 0


def test_a_mail_that_is_always_refused_is_given_up(due, fails, later):
    due.last().delete()
    for attempt in range(1, 9):
        fails(REFUSED)
        assert sent() == []
        assert due.get().attempts == attempt
        later(days=3)
    fails()
    assert sent() == []


def test_a_mail_that_ends_its_workers_is_given_up_and_holds_up_no_other(due):
    deadly, other = due
    for _ in range(attempts.MOST):
        attempts.begin("OutgoingMail", [deadly.pk])  # and the worker has ended
    assert sent() == [other.member.email]
    assert list(OutgoingMail.objects.given_up()) == list(due.all()) == [deadly]


def test_a_worker_that_dies_while_sending_loses_nothing(due, monkeypatch):
    class Killed(BaseException):
        pass

    def die(mail):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setitem(sending._kinds, OutgoingMail, die)
        with pytest.raises(Killed):
            sent()
    assert sent() == BOTH


def test_a_claim_that_fails_leaves_everything_waiting(opening, say, later, monkeypatch, ada):
    say(opening)
    later(minutes=3)

    def fail(mails):
        raise RuntimeError("out of memory")

    with monkeypatch.context() as patched:
        patched.setattr(type(OutgoingMail.objects), "bulk_create", lambda self, mails: fail(mails))
        with pytest.raises(RuntimeError):
            claiming.claim()
    assert Notification.objects.get(member=ada).emailed_at is None
    assert claiming.claim() == 1
    assert sent() == ["ada@example.org"]
