"""Reads a poll's tally from where it is kept, and computes the result by the poll's method."""

import time
from collections import Counter

from polls import tally
from polls.counting import ballot_count, tally_cache

PATIENCE = 2.0
"""Seconds for which a process reuses a count from Postgres while Redis is down."""

_counted: dict[int, tuple[float, Counter]] = {}


def cells(poll) -> Counter[str]:
    """The poll's tally: the frozen one if it is closed, otherwise the one in Redis.

    Without Redis it is counted from Postgres, at most every other second in each process.
    """
    if poll.closed_at is not None:
        return Counter(poll.cells)
    shown = tally_cache.read(poll)
    return _patiently(poll) if shown is None else shown


def result(poll, counted) -> tally.Result:
    """The result of the cells by the poll's method and terms."""
    return tally.Tally.from_cells(poll.counting_method, poll.option_ids, counted, poll.terms).result()


def _patiently(poll):
    until, counted = _counted.get(poll.pk, (0.0, None))
    if time.monotonic() > until:
        counted, _ = ballot_count.count(poll)
        _counted.clear()  # keeps memory small; usually one poll is busy at a time
        _counted[poll.pk] = time.monotonic() + PATIENCE, counted
    return counted
