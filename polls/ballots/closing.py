"""Closes polls: counts for the last time and freezes the result.

Closing locks the poll's row against ballots (polls/models/poll.py). So the result contains exactly the ballots whose
voters were told "counted".
"""

from dataclasses import asdict

import structlog
from django.db import connection, transaction

from config.engines import clock
from config.monitoring import attempts
from config.processes import task_queue
from forums.models import PendingRecord
from forums.models.notifications import outbox
from polls.counting import ballot_count, outcome, tally_cache
from polls.counting.result_words import sentence
from polls.models import Entry, Poll
from polls.models.poll import CLOSE_TASK

log = structlog.get_logger("folkmoot.polls")

# Rewritten in the order of receipts, so that neither a row's place nor its transaction says when somebody voted.
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
    """Count for the last time and freeze the result. `by` is None when the poll's time is over.

    Closing a closed poll changes nothing. Returns the poll as it is now. Two statements for the count, one to notify
    its author, and two that rewrite the rows of a secret poll.
    """
    with transaction.atomic():
        # FOR UPDATE, because the lighter lock of an UPDATE would not hold back transactions that write ballots.
        locked = Poll.objects.select_for_update(of=["self"]).select_related("topic").get(pk=poll.pk)
        if locked.closed_at is None:
            _freeze(locked, by)
    return locked


def close_due() -> int:
    """Close every poll whose time is over. Returns how many. A poll that fails does not keep the others open."""
    closed = 0
    for poll in Poll.objects.due():
        if attempts.is_deadly("poll", poll.pk):  # it is tried again when its count has expired
            log.error("poll not closed, because its workers ended", poll=poll.pk)
            continue
        try:
            with attempts.attempt("poll", [poll.pk]):
                close(poll)
            closed += 1
        except Exception:
            log.exception("poll not closed", poll=poll.pk)
    return closed


def start_next() -> None:
    """Queue a run of `polls.tasks.close_due` for each time at which polls close soon. One query."""
    now = clock.now()
    soon = Poll.objects.filter(closed_at=None, closes_at__gt=now, closes_at__lte=now + task_queue.MAX_AHEAD)
    for closes_at in soon.values_list("closes_at", flat=True).distinct():
        task_queue.start_on_commit(CLOSE_TASK, at=closes_at)


def scrub() -> bool:
    """Vacuum the tables of secret ballots if they hold dead rows. Returns whether they did.

    Changed, withdrawn and rewritten rows leave dead ones behind. Must run outside a transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(LEFT_BEHIND)
        is_needed = cursor.fetchone()[0]
        if is_needed:
            cursor.execute("VACUUM polls_secretballot, polls_voter")
    return is_needed


def _freeze(poll, by):
    now = clock.now()
    poll.closed_at = poll.closes_at if poll.closes_at and poll.closes_at <= now else now
    poll.closed_by = by
    cells, _ = ballot_count.count(poll)
    poll.cells = dict(cells)
    result = outcome.result(poll, cells)
    decision = poll.decide(result)
    poll.frozen_result, poll.passed = asdict(result), decision and decision.has_passed
    poll.save(update_fields=["closed_at", "closed_by", "cells", "frozen_result", "passed"])
    if poll.secret:
        rewrite_in_fixed_order(poll)
    poll.log.create(at=poll.closed_at, by=by, event=Entry.Event.CLOSED)
    poll.topic.bump_version()
    transaction.on_commit(lambda: tally_cache.wipe(poll.pk))
    PendingRecord.add("poll", poll.pk, topic=poll.topic, address=poll.get_absolute_url())
    poll.publish_end()
    _notify(poll, by, "" if poll.results_show == Poll.ResultsShow.STAFF else sentence(poll, result))


def _notify(poll, by, result):
    """Notify the author, unless they closed it, and the voters."""
    said = {"kind": "ended", "once": f"poll {poll.pk} closed", "address": poll.get_absolute_url()}
    closer = by.pk if by else None
    if closer != poll.author_id:
        words = f"Your poll has closed: {poll.question} {result}".rstrip()
        outbox.notify([poll.author_id], words=words, topic=poll.topic, **said)
    rows = poll.voters if poll.secret else poll.ballots
    voters = rows.exclude(member__in=[poll.author_id, closer or 0]).order_by("member_id")
    words = f"A poll in which you voted has closed: {poll.question} {result}".rstrip()
    outbox.notify(voters.values_list("member_id", flat=True), words=words, topic=poll.topic, **said)


def rewrite_in_fixed_order(poll) -> None:
    """Rewrite a secret poll's rows: voters in the order of members, ballots in the order of receipts."""
    with connection.cursor() as cursor:
        cursor.execute(REWRITE_BALLOTS, [poll.pk])
        cursor.execute(REWRITE_VOTERS, [poll.pk])
