from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F
from django.utils import timezone

MOST_ATTEMPTS = 8
"""Attempts after which a mail is given up: about four hours. It stays in the table for an operator."""
FIRST_PAUSE = timedelta(minutes=2)
"""Pause after the first attempt. Each further pause is twice as long."""


class OutgoingMailQuerySet(models.QuerySet):
    def due(self):
        return self.filter(due_at__lte=timezone.now(), attempts__lt=MOST_ATTEMPTS)

    def take(self):
        """Lock and return the next mail that is due, or None. The caller needs a transaction."""
        return self.due().select_for_update(skip_locked=True).order_by("due_at", "pk").first()


class OutgoingMail(models.Model):
    """A mail to one member that waits to be sent. `notifications` are the ids of what it is about.

    The transaction that marks those as mailed writes it. The one in which the mail server accepts it deletes it.
    """

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="letters")
    notifications = ArrayField(models.BigIntegerField())
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = OutgoingMailQuerySet.as_manager()

    def postpone(self) -> None:
        """Try again later, because the mail server refused it. Each pause is twice as long as the one before."""
        pause = FIRST_PAUSE * 2**self.attempts
        type(self).objects.filter(pk=self.pk).update(
            attempts=F("attempts") + 1, due_at=timezone.now() + pause
        )
