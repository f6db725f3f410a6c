"""What a poll's tally means: its method's result, from wherever the cells are kept."""

import time
from collections import Counter

from polls import board, counting, tally
from polls.tally import runoff

PATIENCE = 2.0
"""Seconds for which a count from Postgres serves everybody while Redis is away."""

_counted: dict[int, tuple[float, Counter]] = {}


def cells(poll) -> Counter[str]:
    """The tally as it stands: frozen, else from Redis, else counted from Postgres, at most every other
    second in each process."""
    if poll.closed_at is not None:
        return Counter(poll.cells)
    shown = board.read(poll)
    return _patiently(poll) if shown is None else shown


def result(poll, counted) -> tally.Result:
    """What the cells say, by the poll's method and its seed."""
    if poll.rule is tally.Method.RUNOFF:
        aside = [option.pk for option in poll.options.all() if option.set_aside]
        return runoff.result(counted, poll.option_ids, poll.seed, aside)
    return tally.Tally.from_cells(poll.rule, poll.option_ids, counted, poll.seed).result()


def _patiently(poll):
    until, counted = _counted.get(poll.pk, (0.0, None))
    if time.monotonic() > until:
        counted, _ = counting.count(poll)
        _counted.clear()  # one poll is hot at a time; the memory stays small
        _counted[poll.pk] = time.monotonic() + PATIENCE, counted
    return counted
