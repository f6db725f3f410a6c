from django.conf import settings
from django.db import models
from django.utils import timezone


class OutcomeChange(models.Model):
    """A version of an outcome: its values from then on. A database trigger refuses to change or delete it.

    Everyone who may read the outcome may read its versions.
    """

    class Event(models.TextChoices):
        GIVEN = "given", "gave it"
        CHANGED = "changed", "changed it"
        WITHDRAWN = "withdrawn", "withdrew it"
        RESTORED = "restored", "restored it"

    outcome = models.ForeignKey("forums.Outcome", models.PROTECT, related_name="changes")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="outcome_changes"
    )
    event = models.CharField(max_length=9, choices=Event)
    decision = models.TextField()
    carried_by = models.CharField(max_length=200, blank=True)
    carrier = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    review_on = models.DateField(null=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = "change of an outcome"
        verbose_name_plural = "changes of outcomes"

    def __str__(self):
        return self.get_event_display()
