"""Elections from files become closed polls."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from polls import outcomes, receipts, tally
from polls.formats import Election
from polls.formats.minneapolis import WRITE_INS
from polls.models import Entry, Option, Poll, SecretBallot

LONGEST = 200
"""Characters of a question or an option; beyond them an ellipsis."""


@transaction.atomic
def bring_in(election: Election, *, topic, author, source: str, progress: Callable[[int], None]) -> Poll:
    """Store an election as a closed poll with all of its ballots, and count it. `progress` hears how many
    ballots have been stored since the last time.

    Who cast them is not known here, so the ballots are stored as those of secret polls are. The names in the
    file are kept as receipts where each names one ballot.
    """
    at = timezone.now()
    poll = Poll.objects.create(
        topic=topic,
        author=author,
        question=_short(election.title),
        method=election.method,
        secret=True,
        changeable=False,
        results_show=Poll.ResultsShow.ALWAYS,
        opens_at=at,
        closes_at=at,
        token=uuid4(),
        source=source[:120],
    )
    ids = _write_options(poll, election)
    ballots = list(election.ballots)
    cells = _write_ballots(poll, ids, ballots, progress)
    poll = Poll.objects.prefetch_related("options").get(pk=poll.pk)
    poll.closed_at, poll.cells = at, dict(cells)
    poll.outcome = asdict(outcomes.result(poll, cells))
    poll.save(update_fields=["closed_at", "cells", "outcome"])
    poll.log.create(by=author, event=Entry.Event.OPENED, note=f"imported from {source}"[:600])
    poll.log.create(by=author, event=Entry.Event.CLOSED)
    topic.changed(attached=F("attached") + 1)
    return poll


@transaction.atomic
def bring_in_totals(
    *, topic, author, question: str, method, totals: dict[str, int], voters: int, source: str, at
) -> Poll:
    """Store a closed poll of which another forum kept the totals alone: how many chose each wording, and how
    many voted. There is nothing to recount, and its log says so."""
    poll = Poll.objects.create(
        topic=topic,
        author=author,
        question=_short(question),
        method=method,
        secret=True,
        changeable=False,
        results_show=Poll.ResultsShow.ALWAYS,
        opens_at=at,
        closes_at=at,
        token=uuid4(),
        source=source[:120],
    )
    options = Option.objects.bulk_create(
        Option(poll=poll, position=place, wording=_short(wording))
        for place, wording in enumerate(totals, start=1)
    )
    chosen = {str(option.pk): number for option, number in zip(options, totals.values(), strict=True)}
    poll.closed_at, poll.cells = at, {"ballots": voters} | chosen
    poll.outcome = asdict(outcomes.result(poll, Counter(poll.cells)))
    poll.save(update_fields=["closed_at", "cells", "outcome"])
    poll.log.create(at=at, by=None, event=Entry.Event.CLOSED, note="imported as totals, without ballots")
    topic.changed(attached=F("attached") + 1)
    return poll


def _write_options(poll, election):
    options = Option.objects.bulk_create(
        Option(poll=poll, position=place, wording=_short(wording), set_aside=wording == WRITE_INS)
        for place, wording in enumerate(election.options.values(), start=1)
    )
    return {there: option.pk for there, option in zip(election.options, options, strict=True)}


def _write_ballots(poll, ids, ballots, progress):
    """By COPY; the tally is made on the way."""
    counted = tally.Tally.empty(poll.rule, ids.values(), poll.seed)
    names = Counter(cast.name for cast in ballots if cast.count == 1 and len(cast.name) <= 40)
    columns = "id, poll_id, receipt, marks"
    with connection.cursor() as cursor:
        table = SecretBallot._meta.db_table
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for cast in ballots:
                ballot = _translate(poll.rule, cast.ballot, ids)
                counted.add(ballot, cast.count)
                marks = json.dumps(ballot)
                for _ in range(cast.count):
                    key = uuid4()
                    named = cast.name if names[cast.name] == 1 else receipts.receipt_of(poll.pk, key)
                    copy.write_row((uuid4(), poll.pk, named, marks))
                progress(cast.count)
    return counted.cells


def _translate(method, ballot, ids):
    """The ballot in the numbers that the options have here; canonical again, for the numbers sort anew."""
    if method is tally.Method.SCORE:
        return tuple(sorted((ids[option], score) for option, score in ballot))
    if method.is_ranked:
        return tuple(tuple(sorted(ids[option] for option in group)) for group in ballot)
    return tuple(sorted(ids[option] for option in ballot))


def _short(text):
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
