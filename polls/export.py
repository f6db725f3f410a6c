"""A poll as an election, for the writers of polls/formats."""

from collections.abc import Iterator

from polls import tally
from polls.formats import Cast, Election


def election(poll) -> Election:
    """The ballots, read as they are written out, a few thousand at a time.

    They come ordered by what they say, so that nothing tells who voted when. Only those of a closed secret
    poll carry names, which are their receipts.
    """
    options = {option.pk: option.wording for option in poll.options.all()}
    return Election(poll.question, poll.rule, options, _casts(poll))


def _casts(poll) -> Iterator[Cast]:
    rows = poll.secret_ballots if poll.secret else poll.ballots
    if poll.secret and poll.closed_at is not None:
        for receipt, marks in rows.order_by("receipt").values_list("receipt", "marks").iterator():
            yield Cast(tally.freeze(marks), name=receipt)
    else:
        for marks in rows.order_by("marks").values_list("marks", flat=True).iterator():
            yield Cast(tally.freeze(marks))
