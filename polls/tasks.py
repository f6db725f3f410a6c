"""Celery tasks for polls. All are safe to run twice. CELERY_BEAT_SCHEDULE says how often each runs anyway."""

import time

import redis
import structlog
from celery import shared_task

from polls.ballots import closing, reminders, shuffling
from polls.counting import tally_cache
from polls.models import Poll
from polls.models.elector import entitled

GRACE = 0.25
"""Seconds between the recount and the comparison, so that ballots just committed reach the tally."""
log = structlog.get_logger("folkmoot.polls")


@shared_task
def close_due():
    """Close the polls whose time is over. Started at that time."""
    closing.close_due()
    closing.start_next()


@shared_task
def open_due():
    """Fix the rolls of polls that have begun. Started at that time, and every 30 seconds."""
    for poll in Poll.objects.unopened():
        poll.fix_roll()


@shared_task
def check_tallies():
    """Compare the tally of each poll that was voted in lately with its ballots, and correct it. Every minute.

    Counts the members again who may vote in polls with a roll that grows.
    """
    try:
        for poll in Poll.objects.running().for_page():
            if tally_cache.is_hot(poll.pk):
                tally_cache.check(poll, wait=lambda: time.sleep(GRACE))
                if poll.roll_grows:
                    Poll.objects.filter(pk=poll.pk).update(roll_size=entitled(poll).count())
    except redis.RedisError:
        log.info("tallies not compared, because Redis is away")


@shared_task
def remind():
    """Remind members of polls that close soon. Every five minutes."""
    reminders.remind_due()


@shared_task
def shuffle():
    """Shuffle the new rows of open secret polls. Every ten seconds."""
    shuffling.shuffle_all()


@shared_task
def scrub():
    """Vacuum the tables of secret ballots, so that no old row can be read from the disk. Every minute."""
    closing.scrub()
