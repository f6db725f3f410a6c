from django.conf import settings
from django.db import models
from django.utils import timezone


class Entry(models.Model):
    """A line in a poll's public log. A database trigger refuses to change or delete it."""

    class Event(models.TextChoices):
        OPENED = "opened", "opened"
        ROLL_FIXED = "roll_fixed", "fixed the roll"
        RULES_CHANGED = "rules_changed", "changed the rules"
        OPTION_CORRECTED = "option_corrected", "corrected an option"
        OPTION_ADDED = "option_added", "added an option"
        EXTENDED = "extended", "moved the closing time"
        CLOSED = "closed", "closed"

    poll = models.ForeignKey("polls.Poll", models.PROTECT, related_name="log")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    event = models.CharField(max_length=20, choices=Event)
    note = models.CharField(max_length=600, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = "log entry"
        verbose_name_plural = "log entries"

    def __str__(self):
        return self.get_event_display()
