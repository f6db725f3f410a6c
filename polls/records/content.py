"""Makes the content of the record of a closed poll.

No ballot has a time, an id or a place that says when it was cast.
"""

from collections.abc import Iterator
from dataclasses import asdict

from forums.export.data.records import moment
from forums.records.discussion import discussion
from forums.records.sealing import Sealing
from polls import tally
from polls.counting import outcome
from polls.models import Poll
from polls.records.exact_result import exact
from polls.results.panel import VOTERS_SHOWN
from polls.transfer.forum_export import RULES

MOST = 50_000
"""Ballots in a record. If a poll has more, its record has the result and not the ballots."""
ROWS = 2_000
"""Ballots and voters that are read at once."""


def content(number: int, sealing: Sealing) -> dict:
    """The content of the record of a closed poll.

    If the results are for moderators only, it has neither ballots nor a result.
    """
    poll = Poll.objects.select_related("topic__category__parent", "author").get(pk=number)
    result = outcome.result(poll, outcome.cells(poll))
    is_public = poll.results_show != Poll.ResultsShow.STAFF
    has_ballots = is_public and result.ballots <= MOST
    return {
        "topic": discussion(poll.topic, sealing),
        "poll": {
            **_rules(poll, sealing),
            "options": [_option(option, sealing) for option in poll.options.all()],
            "log": [_entry(entry, sealing) for entry in poll.log.select_related("by")],
            "roll_size": poll.roll_size,
            "ballots_in_all": result.ballots,
            "ballots": list(_ballots(poll, sealing)) if has_ballots else None,
            "voters": _voters(poll, sealing) if is_public and shows_voters(poll, result.ballots) else None,
            "result": exact(result) if is_public else None,
            "decision": decision_of(poll, result) if is_public else None,
        },
    }


def shows_voters(poll: Poll, ballots: int) -> bool:
    """Whether the rules of a secret poll publish who voted, and enough have."""
    return poll.secret and poll.voters_published and ballots >= VOTERS_SHOWN


def _rules(poll, sealing):
    return {
        "number": poll.pk,
        "question": sealing.text(poll.question),
        "author": sealing.name(poll.author),
        "method": poll.method,
        "seed": poll.seed,
        "rules": {rule: getattr(poll, rule) for rule in RULES} | {"for_groups": bool(poll.voter_groups)},
        "revision": poll.revision,
        "created_at": moment(poll.created_at),
        "opens_at": moment(poll.opens_at),
        "closes_at": moment(poll.closes_at),
        "closed_at": moment(poll.closed_at),
    }


def _option(option, sealing):
    return {
        "number": option.pk,
        "wording": sealing.text(option.wording),
        "kind": option.kind,
        "set_aside": option.set_aside,
        "added_at": moment(option.added_at),
        "corrected_at": moment(option.corrected_at),
    }


def _entry(entry, sealing):
    return {
        "at": moment(entry.at),
        "event": entry.event,
        "by": sealing.name(entry.by),
        "note": sealing.text(entry.note),
    }


def _ballots(poll, sealing) -> Iterator[dict]:
    """Those of a secret poll in the order of receipts, public ones in that of the hashes of names."""
    if poll.secret:
        rows = poll.secret_ballots.order_by("receipt").values_list("receipt", "marks")
        for receipt, marks in rows.iterator(ROWS):
            yield {"receipt": receipt, "marks": _marks(poll, marks, sealing)}
        return
    found = [
        {"voter": sealing.name(ballot.member), "marks": _marks(poll, ballot.marks, sealing)}
        for ballot in poll.ballots.select_related("member").iterator(ROWS)
    ]
    yield from sorted(found, key=lambda ballot: ballot["voter"]["sha256"])


def _marks(poll, marks, sealing):
    """The marks as they are stored. The reason of an objection is a text that can be removed."""
    if poll.counting_method is tally.Method.CONSENT:
        return [marks[0], *(sealing.text(reason) for reason in marks[1:])]
    return marks


def _voters(poll, sealing):
    rows = poll.voters.select_related("member").iterator(ROWS)
    return sorted((sealing.name(voter.member) for voter in rows), key=lambda name: name["sha256"])


def decision_of(poll: Poll, result: tally.Result) -> dict | None:
    """Whether the result passes by the rule of the poll; None without a rule."""
    decision = poll.decide(result)
    return decision and asdict(decision)
