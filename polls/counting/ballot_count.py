"""Counts a poll's ballots in Postgres. All other numbers about a poll derive from this count."""

import json
from collections import Counter
from dataclasses import dataclass

from django.db import connection

from polls import tally

COUNT = """
    SELECT taken.snapshot, counted.marks, counted.number
    FROM (SELECT pg_current_snapshot()::text AS snapshot) taken
    LEFT JOIN (
        SELECT marks::text AS marks, count(*) AS number FROM {table} WHERE poll_id = %s GROUP BY marks
    ) counted ON true"""


@dataclass(frozen=True)
class Snapshot:
    """The transactions that a count includes: all below `begin`, none from `end` on, and between them all that are
    not `running`. It comes from Postgres' `pg_current_snapshot`, so it is exact for each ballot."""

    begin: int
    end: int
    running: frozenset[int]

    @classmethod
    def read(cls, text: str) -> "Snapshot":
        begin, end, running = text.split(":")
        return cls(int(begin), int(end), frozenset(int(each) for each in running.split(",") if each))


def count(poll) -> tuple[Counter[str], Snapshot]:
    """The poll's cells and the snapshot under which they were counted. One statement over all ballots; about 20 ms
    for 60,000 ballots of one choice."""
    table = "polls_secretballot" if poll.secret else "polls_ballot"
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(table=table), [poll.pk])
        rows = cursor.fetchall()
    counted = tally.Tally.empty(poll.counting_method, poll.option_ids)
    for _, marks, number in rows:
        if marks is not None:
            counted.add(tally.freeze(json.loads(marks)), number)
    return counted.cells, Snapshot.read(rows[0][0])
