"""The work that the jobs process has not done in time, for `manage.py doctor`."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from config.engines import readiness
from config.management import doctor_checks
from forums.models import OutboxEvent, OutgoingMail
from forums.models.notifications.outgoing_mail import MOST_ATTEMPTS

LATE = timedelta(minutes=2)


def register() -> None:
    doctor_checks.register(check)


def check() -> Iterator[doctor_checks.Finding]:
    """Look for outbox events and mails that wait too long. Three queries."""
    if readiness.missing_migrations():
        yield False, "The outbox and the mails cannot be read before the missing migrations have run."
        return
    late = OutboxEvent.objects.filter(created_at__lt=timezone.now() - LATE).count()
    failed = OutgoingMail.objects.filter(attempts__gte=MOST_ATTEMPTS).count()
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
        yield True, f"The jobs are up to date; {OutgoingMail.objects.count()} mails wait to be sent"
