"""Whose word counts by itself."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone


def is_trusted(user) -> bool:
    """Long enough here and not silent: moderators, and those whom the settings describe. One query at most."""
    if user.is_moderator:
        return True
    if user.date_joined > timezone.now() - timedelta(days=settings.TRUSTED_AFTER_DAYS):
        return False
    written = user.comments.readable()[: settings.TRUSTED_AFTER_COMMENTS]
    return len(written.values_list("pk")) >= settings.TRUSTED_AFTER_COMMENTS
