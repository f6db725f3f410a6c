"""Converts a poll to an election, for the writers in polls/formats."""

from collections.abc import Iterator
from math import ceil

from polls import tally
from polls.formats import Cast, Election

PART = 50_000
"""Ballots in one file: up to 25 MB. A poll with more is exported in several files, each complete in itself."""


def parts(turnout: int) -> list[int]:
    """The numbers of the files for so many ballots. There is at least one."""
    return list(range(1, max(1, ceil(turnout / PART)) + 1))


def election(poll, part: int = 1) -> Election:
    """The poll as an election with the ballots of one part. They are read a few thousand at a time.

    They are ordered by their marks, so that their order does not reveal who voted when. Only ballots of a closed secret
    poll have names, which are their receipts; they are ordered by receipt.
    """
    options = {option.pk: option.wording for option in poll.options.all()}
    casts = _casts(poll, slice((part - 1) * PART, part * PART))
    return Election(poll.question, poll.counting_method, options, casts, poll.seats)


def _casts(poll, part) -> Iterator[Cast]:
    rows = poll.secret_ballots if poll.secret else poll.ballots
    if poll.secret and poll.closed_at is not None:
        for receipt, marks in rows.order_by("receipt").values_list("receipt", "marks")[part].iterator():
            yield Cast(tally.freeze(marks), name=receipt)
    else:
        for marks in rows.order_by("marks").values_list("marks", flat=True)[part].iterator():
            yield Cast(tally.freeze(marks))
