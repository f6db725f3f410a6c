from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F
from django.utils import timezone

MOST_ATTEMPTS = 8
"""After which a letter lies still; some ten hours."""
FIRST_PAUSE = timedelta(minutes=2)


class LetterQuerySet(models.QuerySet):
    def due(self):
        return self.filter(due_at__lte=timezone.now(), attempts__lt=MOST_ATTEMPTS)

    def take(self):
        """The next one, locked until the transaction ends, or None."""
        return self.due().select_for_update(skip_locked=True).order_by("due_at", "pk").first()


class Letter(models.Model):
    """A mail to one member that has been decided on and not been sent yet: what it tells, by the ids of notifications.

    Written by the transaction that marks those as mailed, deleted by the one in which the mail server has taken it.
    """

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="letters")
    notifications = ArrayField(models.BigIntegerField())
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = LetterQuerySet.as_manager()

    def postpone(self) -> None:
        """The mail server would not take it: try again later, each time after twice the pause."""
        pause = FIRST_PAUSE * 2**self.attempts
        type(self).objects.filter(pk=self.pk).update(
            attempts=F("attempts") + 1, due_at=timezone.now() + pause
        )
