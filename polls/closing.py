"""The end of a poll: the last count, frozen for ever.

Whoever closes holds the poll's row against every ballot (polls/models/poll.py), so the count is of all that
were told "counted" and of no other.
"""

from dataclasses import asdict

import structlog
from django.db import connection, transaction
from django.utils import timezone

from forums import live, notify
from polls import board, counting, outcomes
from polls.models import Entry, Poll

log = structlog.get_logger("folkmoot.polls")

# In receipt order: which row a ballot has, and which transaction wrote it, say nothing any more.
REWRITE_BALLOTS = """
    WITH gone AS (DELETE FROM polls_secretballot WHERE poll_id = %s RETURNING poll_id, receipt, marks)
    INSERT INTO polls_secretballot (id, poll_id, receipt, marks)
    SELECT gen_random_uuid(), poll_id, receipt, marks FROM gone ORDER BY receipt"""
REWRITE_VOTERS = """
    WITH gone AS (DELETE FROM polls_voter WHERE poll_id = %s RETURNING poll_id, member_id)
    INSERT INTO polls_voter (id, poll_id, member_id)
    SELECT gen_random_uuid(), poll_id, member_id FROM gone ORDER BY member_id"""

LEFT_BEHIND = """
    SELECT coalesce(sum(n_dead_tup), 0) > 0 FROM pg_stat_user_tables
    WHERE relname IN ('polls_secretballot', 'polls_voter')"""


def close(poll: Poll, *, by=None) -> Poll:
    """Count for the last time and freeze the result; `by` is None when its time was over. Closing again is
    no error. Returns the poll as it is now.

    Two statements for the count, one to tell its author, two more that rewrite the rows of a secret poll.
    """
    with transaction.atomic():
        # FOR UPDATE, not the lighter lock of an UPDATE: it has to keep out those who write ballots.
        held = Poll.objects.select_for_update(of=["self"]).select_related("topic").get(pk=poll.pk)
        if held.closed_at is None:
            _freeze(held, by)
    return held


def close_due() -> int:
    """Close every poll whose time is over; one that cannot be closed does not keep the others open.
    Returns how many."""
    closed = 0
    for poll in Poll.objects.due():
        try:
            close(poll)
            closed += 1
        except Exception:
            log.exception("poll not closed", poll=poll.pk)
    return closed


def scrub() -> bool:
    """Have Postgres clear away what changed, withdrawn and rewritten rows have left behind, if there is any;
    however they came to be. Returns whether there was. Not inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(LEFT_BEHIND)
        is_needed = cursor.fetchone()[0]
        if is_needed:
            cursor.execute("VACUUM polls_secretballot, polls_voter")
    return is_needed


def _freeze(poll, by):
    now = timezone.now()
    poll.closed_at = poll.closes_at if poll.closes_at and poll.closes_at <= now else now
    poll.closed_by = by
    cells, _ = counting.count(poll)
    poll.cells = dict(cells)
    poll.outcome = asdict(outcomes.result(poll, cells))
    poll.save(update_fields=["closed_at", "closed_by", "cells", "outcome"])
    if poll.secret:
        mix(poll)
    poll.log.create(at=poll.closed_at, by=by, event=Entry.Event.CLOSED)
    poll.topic.changed()
    transaction.on_commit(lambda: board.wipe(poll.pk))
    live.publish(live.topic(poll.topic_id), "poll_closed", poll=poll.pk)
    if by is None or by.pk != poll.author_id:
        words = f"Your poll has closed: {poll.question}"
        address = poll.get_absolute_url()
        notify.told(
            [poll.author_id],
            kind="ended",
            once=f"poll {poll.pk} closed",
            words=words,
            address=address,
            topic=poll.topic,
        )


def mix(poll) -> None:
    """Write a secret poll's rows anew, voters in the order of members, ballots in that of receipts."""
    with connection.cursor() as cursor:
        cursor.execute(REWRITE_BALLOTS, [poll.pk])
        cursor.execute(REWRITE_VOTERS, [poll.pk])
