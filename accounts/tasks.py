"""Celery tasks for accounts. CELERY_BEAT_SCHEDULE says how often they run."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from accounts.models import Footprint

FORGOTTEN = "0.0.0.0"  # noqa: S104 (stands for "no address"; nothing listens on it)


@shared_task
def forget_addresses():
    """Delete addresses older than ADDRESSES_KEPT_DAYS, also in the lists of devices. Daily."""
    Footprint.objects.outdated().delete()
    before = timezone.now() - timedelta(days=settings.ADDRESSES_KEPT_DAYS)
    UserSession.objects.filter(created_at__lt=before).exclude(ip=FORGOTTEN).update(ip=FORGOTTEN)
