"""Tasks of accounts. CELERY_BEAT_SCHEDULE says which of them run periodically."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from accounts.mail import sending
from accounts.models import AccountMail, Footprint, FreedName

FORGOTTEN = "0.0.0.0"  # noqa: S104 (a placeholder, not an address to listen on)


@shared_task
def forget_addresses():
    """Delete addresses older than ADDRESSES_KEPT_DAYS, also those in the lists of devices. Runs daily.

    Also deletes account mails that could not be sent, and reservations of names that have ended.
    """
    Footprint.objects.outdated().delete()
    AccountMail.objects.outdated().delete()
    FreedName.objects.outdated().delete()
    before = timezone.now() - timedelta(days=settings.ADDRESSES_KEPT_DAYS)
    UserSession.objects.filter(created_at__lt=before).exclude(ip=FORGOTTEN).update(ip=FORGOTTEN)


@shared_task
def send_mail():
    """Send the mails that wait. Started by the commit that writes an account mail.

    If that start is lost, the periodic task of forums sends the mail within half a minute.
    """
    sending.send_due()
