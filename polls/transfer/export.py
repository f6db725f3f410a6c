"""Converts a poll to an election, for the writers in polls/formats."""

from collections.abc import Iterator

from polls import tally
from polls.formats import Cast, Election


def election(poll) -> Election:
    """The poll as an election. Its ballots are read a few thousand at a time while they are written out.

    They are ordered by their marks, so that their order does not reveal who voted when. Only ballots of a closed secret
    poll have names, which are their receipts; they are ordered by receipt.
    """
    options = {option.pk: option.wording for option in poll.options.all()}
    return Election(poll.question, poll.counting_method, options, _casts(poll))


def _casts(poll) -> Iterator[Cast]:
    rows = poll.secret_ballots if poll.secret else poll.ballots
    if poll.secret and poll.closed_at is not None:
        for receipt, marks in rows.order_by("receipt").values_list("receipt", "marks").iterator():
            yield Cast(tally.freeze(marks), name=receipt)
    else:
        for marks in rows.order_by("marks").values_list("marks", flat=True).iterator():
            yield Cast(tally.freeze(marks))
