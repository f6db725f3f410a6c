"""Stores the polls of an export of this software (`forum_export`).

A closed poll comes with its ballots and its result. An open public poll whose voters are all known stays open. An open
secret poll is closed at the time of the export, because nobody could tell here who has voted.
"""

from collections import Counter
from dataclasses import asdict
from datetime import datetime
from uuid import uuid4

from django.db.models import F

from forums.importers.panels import outcomes
from forums.importers.records import keys
from forums.importers.records.fields import LARGEST, Broken, moment, number, optional, text
from forums.markup.text import without_deceit
from forums.reading import topic_panels
from polls import tally
from polls.ballots import receipts
from polls.counting import outcome
from polls.models import Ballot, Entry, Option, Poll, SecretBallot
from polls.transfer.forum_export import OPTION, RULES, translate_cells

BOOLEANS = (
    "shuffled", "members_before_opening", "changeable", "withdrawable", "secret", "extensible",
)  # fmt: skip
ROWS = 1000


def restore(record, *, topic, author, members) -> str:
    """Store a `forums.importers.records.records.KeptPoll` unless it is here. Returns the outcome, as
    forums/reading/topic_panels.py defines. Raises `Broken` before anything is written."""
    if Poll.objects.filter(topic=topic, source=record.source).exists():
        return topic_panels.THERE
    data, at = record.data, record.exported_at
    facts = _facts(data)
    options = _options(data)
    ballots = [
        _Ballot(each, facts["method"], {option.position for option in options}) for each in record.ballots
    ]
    named = [name for ballot in ballots if (name := ballot.voter or ballot.receipt)]
    if len(set(named)) < len(named):
        raise Broken("a voter or a receipt has two ballots")
    closed_at = _closed_at(data, facts, ballots, members, at)
    if data.get("tally") is None and (closed_at or facts["opens_at"] <= at):
        return topic_panels.NO_RESULTS
    cells = _cells(data, {option.position for option in options})
    log, decided = _log(data, members), outcomes.checked(data.get("outcome"))

    poll = Poll(topic=topic, author=author, source=record.source, token=uuid4(), **facts)
    if closed_at or not poll.has_stored_roll:  # a roll by groups is made anew, from the groups of this site
        poll.roll_size = optional(number, data, "roll_size")
    (poll.pk,) = keys.reserve(Poll, [number(data, "number", least=1)])
    poll.save(force_insert=True)
    for option, pk in zip(options, keys.reserve(Option, [option.pk for option in options]), strict=True):
        option.poll, option.pk = poll, pk
    Option.objects.bulk_create(options)
    ids = {option.position: option.pk for option in options}
    _write_ballots(poll, ballots, ids, members)
    Entry.objects.bulk_create(Entry(poll=poll, **entry) for entry in log)
    if closed_at:
        poll.closed_at, poll.cells = closed_at, translate_cells(cells, ids)
        poll.passed = data["passed"] if isinstance(data.get("passed"), bool) else None
        poll.frozen_result = asdict(outcome.result(poll, Counter(poll.cells)))
        poll.save(update_fields=["closed_at", "cells", "frozen_result", "passed"])
        if not any(entry["event"] == Entry.Event.CLOSED for entry in log):
            poll.log.create(at=closed_at, event=Entry.Event.CLOSED, note="when it was exported")
    outcomes.write(decided, poll, members)
    topic.bump_version(panel_count=F("panel_count") + 1)
    return topic_panels.ADDED


class _Ballot:
    """A ballot with the positions of options. `count` voters cast it."""

    def __init__(self, record: dict, method: tally.Method, positions: set[int]):
        self.marks = record.get("marks")
        try:
            marked = tally.relabel(method, self.marks, {position: position for position in positions})
            if method is tally.Method.SCORE and not all(score in range(6) for _, score in marked):
                raise Broken("a ballot has a score that is not from 0 to 5")
            if method is tally.Method.DOTS and not all(type(dots) is int and dots > 0 for _, dots in marked):
                raise Broken("a ballot has dots that are not a whole number above 0")
            if method is tally.Method.CONSENT and not all(isinstance(reason, str) for reason in marked[1:]):
                raise Broken("a ballot has a reason that is not a text")
        except (KeyError, TypeError, ValueError):
            raise Broken("a ballot cannot be read") from None
        self.voter = optional(text, record, "voter")
        self.receipt = optional(text, record, "receipt")
        self.count = optional(number, record, "count") or 1
        self.cast_at = optional(moment, record, "cast_at")
        self.changed_at = optional(moment, record, "changed_at")


def _facts(data: dict) -> dict:
    rules = data.get("rules")
    if not isinstance(rules, dict) or not all(isinstance(rules.get(name), bool) for name in BOOLEANS):
        raise Broken("it has no rules")
    if (
        data.get("method") not in Poll.Method.values
        or rules.get("results_show") not in Poll.ResultsShow.values
    ):
        raise Broken("it has a method or a rule that is unknown here")
    numbers = {name: number(rules, name) for name in ("at_least", "account_days", "quorum")}
    known = {name: rules[name] for name in RULES if name in (*BOOLEANS, "results_show")}
    return (
        known
        | {name: min(value, 30_000 if name != "quorum" else LARGEST) for name, value in numbers.items()}
        | {
            "seats": min(optional(number, rules, "seats") or 1, 30_000),
            "dots": min(optional(number, rules, "dots") or 10, 30_000),
            "quorum_percent": min(optional(number, rules, "quorum_percent") or 0, 100),
            "majority": rules["majority"] if rules.get("majority") in Poll.Majority.values else "",
            "majority_percent": min(optional(number, rules, "majority_percent") or 50, 100),
            "majority_of_roll": rules.get("majority_of_roll") is True,
            "at_most": rules.get("at_most") and min(number(rules, "at_most"), 30_000),
            "question": without_deceit(text(data, "question"))[:200],
            "method": tally.Method(data["method"]),
            "seed": text(data, "seed")[:32],
            "created_at": moment(data, "created_at"),
            "opens_at": moment(data, "opens_at"),
            "closes_at": optional(moment, data, "closes_at"),
        }
    )


def _options(data: dict) -> list[Option]:
    found = data.get("options")
    if not isinstance(found, list) or not found or not all(isinstance(each, dict) for each in found):
        raise Broken("it has no options")
    options = [
        Option(
            pk=number(each, "number", least=1),
            position=number(each, "position"),
            wording=without_deceit(text(each, "wording"))[:200],
            added_at=optional(moment, each, "added_at"),
            corrected_at=optional(moment, each, "corrected_at"),
            set_aside=each.get("set_aside") is True,
            kind=each.get("kind") if each.get("kind") in Option.Kind.values else "",
        )
        for each in found
    ]
    if (
        len({option.position for option in options}) < len(options)
        or max(option.position for option in options) > 30_000
    ):
        raise Broken("its options have no positions of their own")
    return options


def _closed_at(data, facts, ballots, members, exported_at: datetime) -> datetime | None:
    """When it closed, or None if it can stay open here."""
    closed_at = optional(moment, data, "closed_at")
    if closed_at:
        return closed_at
    if facts["closes_at"] and facts["closes_at"] <= exported_at:
        return facts["closes_at"]
    is_restricted = data["rules"].get("for_groups") is not False
    if facts["opens_at"] > exported_at and not is_restricted:
        return None
    are_known = all(ballot.voter in members for ballot in ballots)
    stays = not facts["secret"] and are_known and not is_restricted and data.get("tally") is not None
    return None if stays else exported_at


def _cells(data: dict, positions: set[int]) -> dict[str, int]:
    cells = data.get("tally") or {}
    if not isinstance(cells, dict) or not all(type(n) is int and n >= 0 for n in cells.values()):
        raise Broken("its tally is not one of numbers")
    if not all(int(each) in positions for cell in cells for each in OPTION.findall(cell)):
        raise Broken("its tally has an option that it does not have")
    return cells


def _log(data: dict, members) -> list[dict]:
    entries = data.get("log")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Broken("it has no log")
    if not all(entry.get("event") in Entry.Event.values for entry in entries):
        raise Broken("its log has an event that is unknown here")
    return [
        {
            "at": moment(entry, "at"),
            "by": members.get(optional(text, entry, "by")),
            "event": entry["event"],
            "note": without_deceit(text(entry, "note"))[:600],
        }
        for entry in entries
    ]


def _write_ballots(poll: Poll, ballots: list[_Ballot], ids: dict[int, int], members) -> None:
    """Write public ballots of members who are here, and secret ones. Others remain only in the tally."""
    if poll.secret:
        secret = (
            SecretBallot(
                poll=poll,
                receipt=(ballot.receipt or receipts.receipt_of(poll.pk, uuid4()))[:40],
                marks=tally.relabel(poll.counting_method, ballot.marks, ids),
            )
            for ballot in ballots
            for _ in range(ballot.count)
        )
        SecretBallot.objects.bulk_create(secret, ROWS)
        return
    Ballot.objects.bulk_create(
        (
            Ballot(
                poll=poll,
                member=members[ballot.voter],
                marks=tally.relabel(poll.counting_method, ballot.marks, ids),
                token=uuid4(),
                cast_at=ballot.cast_at or poll.opens_at,
                changed_at=ballot.changed_at,
            )
            for ballot in ballots
            if ballot.voter in members
        ),
        ROWS,
    )
