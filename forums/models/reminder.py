from django.conf import settings
from django.db import models


class Reminder(models.Model):
    """A member wants to hear of it before a debate begins, and when it does."""

    debate = models.ForeignKey("forums.Debate", models.CASCADE, related_name="reminders", db_index=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reminders")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["debate", "member"], name="reminder_once")]
