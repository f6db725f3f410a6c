from django.conf import settings
from django.db import models
from django.utils import timezone


class BlockedPicture(models.Model):
    """A file that is refused wherever it comes from, known by its SHA-256. Administrators add them."""

    digest = models.CharField(
        max_length=64, unique=True, help_text="The SHA-256 of the file, in hexadecimal."
    )
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self):
        return self.digest[:12]
