"""What the clock does for discussions (CELERY_BEAT_SCHEDULE)."""

from celery import shared_task

from forums import spreading


@shared_task
def spread_news():
    """Tell members what has happened; every second."""
    spreading.spread()
