"""The only SQL statements that write the ballots of an open poll.

Each is a single statement that commits by itself. A ballot therefore costs one round trip to Postgres and is durable
when the response arrives. A statement writes only if the poll is open and still has the revision for which the ballot
was made. It checks this under a lock on the poll's key, so closing a poll or changing a rule waits for ballots that are
being written, and later ballots find the poll closed.

Ballots that arrive together are not combined into one statement. With 2 workers of 4 threads this used a quarter less
processor time, but wrote fewer ballots per second at twice the p99: a thread that waits for another's commit cannot
work meanwhile.

The statements do not use Django's cursor. It would insert the values into the text of the statement, and an error would
write that text, choice beside voter, to Postgres' log. Values that are sent apart from the text are not logged.
"""

import json
from dataclasses import dataclass
from uuid import UUID

import psycopg
from django.db import OperationalError, connection

from polls import tally
from polls.ballots.receipts import receipt_of

OPEN = """
    open AS (
        SELECT id FROM polls_poll
        WHERE id = %(poll)s AND revision = %(revision)s AND opens_at <= now()
          AND closed_at IS NULL AND (closes_at IS NULL OR closes_at > now())
        FOR KEY SHARE
    )"""

CAST_PUBLIC = f"""
    WITH {OPEN}
    INSERT INTO polls_ballot (poll_id, member_id, marks, token, cast_at)
    SELECT id, %(member)s, %(marks)s, %(token)s, now() FROM open
    ON CONFLICT (poll_id, member_id) DO NOTHING
    RETURNING pg_current_xact_id()::text"""

CAST_SECRET = f"""
    WITH {OPEN}, voter AS (
        INSERT INTO polls_voter (id, poll_id, member_id)
        SELECT gen_random_uuid(), id, %(member)s FROM open
        ON CONFLICT (poll_id, member_id) DO NOTHING
        RETURNING poll_id
    )
    INSERT INTO polls_secretballot (id, poll_id, receipt, marks)
    SELECT gen_random_uuid(), poll_id, %(receipt)s, %(marks)s FROM voter
    RETURNING pg_current_xact_id()::text"""

CHANGE_PUBLIC = f"""
    WITH {OPEN}, old AS (
        SELECT ballot.id, ballot.marks FROM polls_ballot ballot JOIN open ON ballot.poll_id = open.id
        WHERE ballot.member_id = %(member)s AND ballot.token = %(over)s
        FOR UPDATE OF ballot
    )
    UPDATE polls_ballot SET marks = %(marks)s, token = %(token)s, changed_at = now()
    FROM old WHERE polls_ballot.id = old.id
    RETURNING old.marks, pg_current_xact_id()::text"""

WITHDRAW_PUBLIC = f"""
    WITH {OPEN}
    DELETE FROM polls_ballot USING open
    WHERE poll_id = open.id AND member_id = %(member)s AND token = %(over)s
    RETURNING marks, pg_current_xact_id()::text"""

# A changed ballot is a new row with a new receipt, so a late repetition of the first form does not match it.
CHANGE_SECRET = f"""
    WITH {OPEN}, old AS (
        DELETE FROM polls_secretballot USING open
        WHERE poll_id = open.id AND receipt = %(over)s
          AND EXISTS (SELECT FROM polls_voter v WHERE v.poll_id = open.id AND v.member_id = %(member)s)
        RETURNING poll_id, marks
    ), kept AS (
        INSERT INTO polls_secretballot (id, poll_id, receipt, marks)
        SELECT gen_random_uuid(), poll_id, %(receipt)s, %(marks)s FROM old
    )
    SELECT marks, pg_current_xact_id()::text FROM old"""

WITHDRAW_SECRET = f"""
    WITH {OPEN}, gone AS (
        SELECT v.id FROM polls_voter v JOIN open ON v.poll_id = open.id
        WHERE v.member_id = %(member)s FOR UPDATE OF v
    ), old AS (
        DELETE FROM polls_secretballot USING open, gone
        WHERE poll_id = open.id AND receipt = %(over)s
        RETURNING marks
    ), left_ AS (
        DELETE FROM polls_voter USING gone, old WHERE polls_voter.id = gone.id
    )
    SELECT marks, pg_current_xact_id()::text FROM old"""


@dataclass(frozen=True)
class Sent:
    """A ballot to be written. `token` is the token of its form; in a secret poll it is the voter's key."""

    member: int
    ballot: tally.Ballot
    token: UUID


class Unsure(OperationalError):
    """The connection broke after the ballot was sent, so it may be stored or not. Sending it again is safe: it
    counts once."""


def cast(poll, sent: Sent) -> int | None:
    """Write a member's first ballot. Returns the id of its transaction.

    Returns None, and writes nothing, if the member has a ballot or if the poll has closed or has another revision.
    Raises IntegrityError, and writes nothing, if another ballot has the same receipt.
    """
    values = _about(poll) | {"member": sent.member, "marks": _written(sent.ballot)}
    values |= {"receipt": receipt_of(poll.pk, sent.token)} if poll.secret else {"token": sent.token}
    rows = _run(CAST_SECRET if poll.secret else CAST_PUBLIC, values)
    return int(rows[0][0]) if rows else None


def change(poll, sent: Sent, over: UUID) -> tuple[tally.Ballot, int] | None:
    """Replace the ballot whose form had the token `over`. Returns the old ballot and the id of the transaction.

    Returns None if there is no such ballot, or if the poll has closed or has another revision.
    """
    values = _about(poll) | {"member": sent.member, "marks": _written(sent.ballot)}
    if poll.secret:
        values |= {"over": receipt_of(poll.pk, over), "receipt": receipt_of(poll.pk, sent.token)}
    else:
        values |= {"over": over, "token": sent.token}
    return _run_twice(poll, CHANGE_SECRET if poll.secret else CHANGE_PUBLIC, values)


def withdraw(poll, member: int, over: UUID) -> tuple[tally.Ballot, int] | None:
    """Delete the ballot whose form had the token `over`. Returns the same as `change`."""
    named = receipt_of(poll.pk, over) if poll.secret else over
    values = _about(poll) | {"member": member, "over": named}
    return _run_twice(poll, WITHDRAW_SECRET if poll.secret else WITHDRAW_PUBLIC, values)


def _run_twice(poll, statement, values):
    """Run a statement that replaces a ballot; in a secret poll once more if it found none.

    A shuffle may have rewritten the row after the statement began, and then the statement sees neither of the two.
    """
    return _one(_run(statement, values)) or (_one(_run(statement, values)) if poll.secret else None)


def _about(poll):
    return {"poll": poll.pk, "revision": poll.revision}


def _written(ballot):
    return json.dumps(ballot)


def _one(rows):
    if not rows:
        return None
    marks, transaction = rows[0]
    return tally.freeze(json.loads(marks) if isinstance(marks, str) else marks), int(transaction)


def _run(statement, values):
    connection.ensure_connection()
    with connection.wrap_database_errors:
        try:
            with psycopg.Cursor(connection.connection) as cursor:
                return cursor.execute(statement, values).fetchall()
        except psycopg.OperationalError as error:
            if connection.connection.broken:
                raise Unsure("the connection broke while the ballot was being written") from error
            raise
