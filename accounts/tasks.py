"""What the clock does for accounts (CELERY_BEAT_SCHEDULE)."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from accounts.models import Footprint

FORGOTTEN = "0.0.0.0"  # noqa: S104 (no address to listen on, but none at all)


@shared_task
def forget_addresses():
    """Drop what is older than ADDRESSES_KEPT_DAYS, in the lists of devices too; daily."""
    Footprint.objects.outdated().delete()
    before = timezone.now() - timedelta(days=settings.ADDRESSES_KEPT_DAYS)
    UserSession.objects.filter(created_at__lt=before).exclude(ip=FORGOTTEN).update(ip=FORGOTTEN)
