from datetime import timedelta
from typing import Self

from django.core.mail import EmailMessage
from django.db import models
from django.db.models import Count, F, Min
from django.utils import timezone

from config.monitoring.queues import Backlog
from config.processes import task_queue

MOST_ATTEMPTS = 8
"""Attempts after which a mail is given up: about four hours. It stays in the table for an operator."""
FIRST_PAUSE = timedelta(minutes=2)
"""Pause after the first attempt. Each further pause is twice as long."""
SEND_TASK = "accounts.tasks.send_mail"
"""The task that sends account mails."""
KEPT = timedelta(days=1)
"""How long an account mail that was given up is kept. Its link or code is of no use then."""


class OutgoingMailQuerySet(models.QuerySet):
    def due(self) -> Self:
        return self.filter(due_at__lte=timezone.now(), attempts__lt=MOST_ATTEMPTS)

    def backlog(self) -> Backlog:
        """How many mails are due, and since when. One query."""
        return Backlog(*self.due().aggregate(waiting=Count("pk"), oldest=Min("due_at")).values())

    def given_up(self) -> Self:
        return self.filter(attempts__gte=MOST_ATTEMPTS)

    def take(self):
        """Lock and return the next mail that is due, or None. The caller needs a transaction."""
        return self.due().select_for_update(skip_locked=True).order_by("due_at", "pk").first()


class BaseOutgoingMail(models.Model):
    """A mail that waits to be sent. The transaction in which the mail server accepts it deletes it."""

    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        abstract = True

    def give_up(self) -> None:
        """Leave the mail to an operator."""
        type(self).objects.filter(pk=self.pk).update(attempts=MOST_ATTEMPTS)

    def postpone(self) -> None:
        """Try again later, because the mail server refused it. Each pause is twice as long as the one before."""
        pause = FIRST_PAUSE * 2**self.attempts
        type(self).objects.filter(pk=self.pk).update(
            attempts=F("attempts") + 1, due_at=timezone.now() + pause
        )


class AccountMailQuerySet(OutgoingMailQuerySet):
    def outdated(self) -> Self:
        return self.filter(created_at__lt=timezone.now() - KEPT)


class AccountMail(BaseOutgoingMail):
    """A mail about an account, such as a code or a link for a new password. It may go to somebody without an account.

    Never show the subject or the text to anyone else: they contain the code or the link.
    """

    to = models.EmailField()
    subject = models.TextField()
    text = models.TextField()

    objects = AccountMailQuerySet.as_manager()

    class Meta:
        verbose_name = "account mail"
        verbose_name_plural = "account mails"

    @classmethod
    def queue(cls, message: EmailMessage) -> None:
        """Store a message to one person and start the task that sends it, after the commit."""
        [to] = message.to
        cls.objects.create(to=to, subject=message.subject, text=message.body)
        task_queue.start_on_commit(SEND_TASK)
