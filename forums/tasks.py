"""What the clock does for discussions (CELERY_BEAT_SCHEDULE)."""

from celery import shared_task

from forums import spreading, trust
from forums.debates import clock
from forums.letters import claiming, sending
from forums.models import Notification


@shared_task
def spread_news():
    """Tell members what has happened; every second."""
    spreading.spread()


@shared_task
def turn_debates():
    """Begin and end the debates that are due; every few seconds."""
    clock.turn_due()


@shared_task
def grow_trust():
    """See whom the site knows better by now; daily."""
    trust.grow_all()


@shared_task
def send_letters():
    """Mail what members have not read; every few seconds."""
    claiming.claim()
    sending.send_due()


@shared_task
def forget_notifications():
    """Drop notifications that are too old to be of use; once a day."""
    Notification.objects.forget_old()
