"""The periodic tasks of polls. CELERY_BEAT_SCHEDULE has their intervals."""

import time

import redis
import structlog
from celery import shared_task

from polls import board, closing
from polls.models import Poll

GRACE = 0.25
"""Seconds between counting and comparing, for processes that have committed a ballot but not yet updated the tally."""
log = structlog.get_logger("folkmoot.polls")


@shared_task
def close_due():
    """Close polls whose closing time has passed."""
    closing.close_due()


@shared_task
def check_tallies():
    """Compare the tallies that have changed since the last check with the ballots, and repair them."""
    try:
        for poll in Poll.objects.running().for_page():
            if board.is_hot(poll.pk):
                board.check(poll, settle=lambda: time.sleep(GRACE))
    except redis.RedisError:
        log.info("tallies not checked, Redis is down")


@shared_task
def scrub():
    """Remove the dead rows that changed and closed secret polls have left."""
    closing.scrub()
