"""Shuffles the rows of open secret polls, so that no transaction id connects a voter with a ballot.

One statement writes a voter and a ballot, so that each vote counts exactly once. Postgres notes its transaction in both
rows (`xmin`). Some seconds later a shuffle writes the new rows of a poll again, in one transaction: voters in the order
of members, ballots in the order of receipts. If they are few, earlier rows are shuffled with them, chosen at random and
apart for voters and ballots.

A shuffle keeps the content of every row. As it is one transaction, a crash leaves either the old rows or the new ones.
Ballots that arrive meanwhile do not wait for it.

No column marks the new rows, because a backup would then show which voters and ballots are recent.
"""

from django.db import connection, transaction

from polls.models import Poll

FEW = 10
"""Rows of one transaction that are shuffled again, if they are fewer."""
CROWD = 50
"""The rows of a shuffle, if the poll has as many."""

LOCK = "SELECT FROM polls_poll WHERE id = %(poll)s AND closed_at IS NULL FOR NO KEY UPDATE"

FEW_TOGETHER = "SELECT xmin FROM {table} WHERE poll_id = %(poll)s GROUP BY xmin HAVING count(*) < %(few)s"

IS_NEEDED = f"""
    SELECT (EXISTS ({FEW_TOGETHER.format(table="polls_voter")})
            OR EXISTS ({FEW_TOGETHER.format(table="polls_secretballot")}))
       AND (SELECT count(DISTINCT written::text) > 1 FROM (
            SELECT xmin AS written FROM polls_voter WHERE poll_id = %(poll)s
            UNION ALL SELECT xmin FROM polls_secretballot WHERE poll_id = %(poll)s) rows)"""

TAKEN = f"""
    WITH few AS MATERIALIZED (
        SELECT id FROM {{table}} WHERE poll_id = %(poll)s AND xmin IN ({FEW_TOGETHER})
    ), others AS (
        SELECT id FROM {{table}} WHERE poll_id = %(poll)s AND id NOT IN (SELECT id FROM few)
        ORDER BY random() LIMIT greatest(0, %(crowd)s - (SELECT count(*) FROM few))
    ), taken AS (
        DELETE FROM {{table}} WHERE id IN (SELECT id FROM few UNION ALL SELECT id FROM others) RETURNING {{table}}.*
    )"""

SHUFFLE_BALLOTS = (
    TAKEN.format(table="polls_secretballot")
    + """
    INSERT INTO polls_secretballot (id, poll_id, receipt, marks)
    SELECT gen_random_uuid(), poll_id, receipt, marks FROM taken ORDER BY receipt"""
)
SHUFFLE_VOTERS = (
    TAKEN.format(table="polls_voter")
    + """
    INSERT INTO polls_voter (id, poll_id, member_id)
    SELECT gen_random_uuid(), poll_id, member_id FROM taken ORDER BY member_id"""
)

# Postgres counts the rows of all polls that were ever written.
WRITTEN = "SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = 'polls_secretballot'"
_written: int | None = None


def shuffle_all() -> int:
    """Shuffle the open secret polls with new rows. Returns how many.

    One query if no ballot has been written since the last call in this process. Otherwise a query that reads the rows
    of each open secret poll: about 30 ms for 60,000 ballots.
    """
    global _written
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        written = cursor.fetchone()[0]
    if written == _written:
        return 0
    _written = written
    polls = Poll.objects.running().filter(secret=True).values_list("pk", flat=True)
    return sum(shuffle(pk) for pk in polls)


@transaction.atomic
def shuffle(poll_id: int) -> bool:
    """Shuffle the new rows of a poll that has not closed. Returns whether it had any."""
    values = {"poll": poll_id, "few": FEW, "crowd": CROWD}
    with connection.cursor() as cursor:
        # Closing and changes of the rules wait for this lock. Writing a ballot does not.
        cursor.execute(LOCK, values)
        if cursor.fetchone() is None:
            return False
        cursor.execute(IS_NEEDED, values)
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(SHUFFLE_BALLOTS, values)
        cursor.execute(SHUFFLE_VOTERS, values)
    return True
