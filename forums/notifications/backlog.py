"""The work that the jobs process has not done in time, for `manage.py doctor` and for /metrics."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from accounts.models import AccountMail
from accounts.models.outgoing_mail import MOST_ATTEMPTS
from config.engines import readiness
from config.management import doctor_checks
from config.monitoring import queues
from forums.models import OutboxEvent, OutgoingMail

LATE = timedelta(minutes=2)
KINDS = (AccountMail, OutgoingMail)


def register() -> None:
    doctor_checks.register(check)
    queues.register("outbox", OutboxEvent.objects.backlog)
    queues.register("mail", OutgoingMail.objects.backlog)


def check() -> Iterator[doctor_checks.Finding]:
    """Look for outbox events and mails that wait too long. At most five queries."""
    if readiness.missing_migrations():
        yield False, "The outbox and the mails cannot be read before the missing migrations have run."
        return
    late = OutboxEvent.objects.filter(created_at__lt=timezone.now() - LATE).count()
    failed = sum(kind.objects.given_up().count() for kind in KINDS)
    if late:
        yield (
            False,
            f"{late} outbox events have waited for minutes: is the jobs process running? See its log.",
        )
    if failed:
        yield (
            False,
            f"{failed} mails failed {MOST_ATTEMPTS} times and are not tried again: see the log of the jobs.",
        )
    if not late and not failed:
        waiting = sum(kind.objects.count() for kind in KINDS)
        yield True, f"The jobs are up to date; {waiting} mails wait to be sent"
