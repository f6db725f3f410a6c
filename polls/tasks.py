"""What the clock does for polls (CELERY_BEAT_SCHEDULE)."""

import time

import redis
import structlog
from celery import shared_task

from polls import board, closing
from polls.models import Poll

GRACE = 0.25
"""Seconds between counting and comparing, for those who have committed and are about to say so."""
log = structlog.get_logger("folkmoot.polls")


@shared_task
def close_due():
    """Close what is due; every few seconds."""
    closing.close_due()


@shared_task
def check_tallies():
    """Compare the tally of every poll that was voted in since the last time with its ballots, and put it right."""
    try:
        for poll in Poll.objects.running().for_page():
            if board.is_hot(poll.pk):
                board.check(poll, settle=lambda: time.sleep(GRACE))
    except redis.RedisError:
        log.info("tallies not checked")


@shared_task
def scrub():
    """Have Postgres clear away secret rows that are no more; every minute, whoever closed a poll."""
    closing.scrub()
