"""The work that the jobs process has not done in time, for `manage.py doctor` and for /metrics."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from accounts.models import AccountMail
from config.engines import readiness
from config.management import doctor_checks
from config.monitoring import queues
from forums.models import Debate, OutboxEvent, OutgoingMail

LATE = timedelta(minutes=2)
KINDS = (AccountMail, OutgoingMail)


def register() -> None:
    doctor_checks.register(check)
    outbox, mails = OutboxEvent.objects, OutgoingMail.objects
    queues.register("outbox", outbox.backlog, lambda: outbox.given_up().count())
    queues.register("mail", mails.backlog, lambda: mails.given_up().count())
    queues.register("debates", Debate.objects.backlog)


def retry_dead_letters() -> int:
    """Have all events and mails that were given up tried again. Returns how many. Three statements."""
    events = OutboxEvent.objects.given_up().update(failures=0)
    return events + sum(kind.objects.given_up().update(attempts=0, due_at=timezone.now()) for kind in KINDS)


def check() -> Iterator[doctor_checks.Finding]:
    """Look for outbox events that wait too long. At most four queries."""
    if readiness.missing_migrations():
        yield False, "The outbox and the mails cannot be read before the missing migrations have run."
        return
    late = OutboxEvent.objects.waiting().filter(created_at__lt=timezone.now() - LATE).count()
    if late:
        yield (
            False,
            f"{late} outbox events have waited for minutes: is the jobs process running? See its log.",
        )
    else:
        waiting = sum(kind.objects.count() for kind in KINDS)
        yield True, f"The jobs are up to date; {waiting} mails wait to be sent"
