"""Stores elections from files, and polls from other forums, as closed polls."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from polls import tally
from polls.ballots import receipts
from polls.counting import outcome
from polls.formats import Election
from polls.formats.minneapolis import WRITE_INS
from polls.models import Entry, Option, Poll, SecretBallot
from polls.tally.count import BALLOTS

LONGEST = 200
"""Characters of a question or an option. Longer texts are cut and end with an ellipsis."""


def find(election: Election) -> Poll | None:
    """The poll that holds this election already, whatever the name of its file was."""
    return Poll.objects.filter(token=election.fingerprint).first()


@transaction.atomic
def bring_in(election: Election, *, topic, author, source: str, progress: Callable[[int], None]) -> Poll:
    """Store an election as a closed poll with all its ballots, and count it. The ballots must be loaded.

    `progress` is called with the number of ballots stored since its last call. The voters have no accounts here, so
    the ballots are stored as secret ones. A name in the file becomes the receipt if it names one ballot only.
    """
    at = timezone.now()
    facts = {"topic": topic, "author": author, "question": election.title, "method": election.method}
    facts["seats"] = election.seats
    aside = [wording == WRITE_INS for wording in election.options.values()]
    facts["token"] = election.fingerprint
    poll, ids = begin(wordings=list(election.options.values()), aside=aside, source=source, at=at, **facts)
    here = dict(zip(election.options, ids, strict=True))
    cells = _write_ballots(poll, here, list(election.ballots), progress)
    poll.log.create(at=at, by=author, event=Entry.Event.OPENED, note=f"imported from {source}"[:600])
    finish(poll, cells, by=author, at=at)
    return poll


@transaction.atomic
def bring_in_totals(*, totals: list[tuple[str, int]], voters: int, at, **facts) -> Poll:
    """Store a closed poll for which another forum has only totals: the choices of each wording and the voters.

    `facts` are the arguments of `begin`. The poll cannot be recounted, and its log says so.
    """
    poll, ids = begin(wordings=[wording for wording, _ in totals], at=at, **facts)
    chosen = {str(pk): number for pk, (_, number) in zip(ids, totals, strict=True)}
    finish(poll, Counter({BALLOTS: voters} | chosen), note="imported as totals, without ballots", at=at)
    return poll


def begin(
    *,
    topic,
    author,
    question: str,
    method,
    wordings: list[str],
    source: str,
    at,
    secret=True,
    aside=(),
    at_most=None,
    seats=1,
    token=None,
) -> tuple[Poll, list[int]]:
    """Create the poll with its options. Returns it with the options' ids in the order of `wordings`.

    `aside` says which options may not win. The poll takes no ballots from members; `finish` closes it.
    """
    poll = Poll.objects.create(
        topic=topic,
        author=author,
        question=_short(question),
        method=method,
        at_most=at_most,
        seats=seats,
        secret=secret,
        changeable=False,
        results_show=Poll.ResultsShow.ALWAYS,
        opens_at=at,
        closes_at=at,
        token=token or uuid4(),
        source=source[:120],
    )
    aside = aside or [False] * len(wordings)
    options = Option.objects.bulk_create(
        Option(poll=poll, position=place, wording=_short(wording), set_aside=is_aside)
        for place, (wording, is_aside) in enumerate(zip(wordings, aside, strict=True), start=1)
    )
    return poll, [option.pk for option in options]


def finish(poll: Poll, cells: Counter[str], *, at, note: str = "", by=None) -> None:
    """Freeze the tally and the result, write the log entry with `note`, and add the poll to its topic's count."""
    poll.closed_at, poll.cells = at, dict(cells)
    poll.frozen_result = asdict(outcome.result(poll, cells))
    poll.save(update_fields=["closed_at", "cells", "frozen_result"])
    poll.log.create(at=at, by=by, event=Entry.Event.CLOSED, note=note)
    poll.topic.bump_version(panel_count=F("panel_count") + 1)


def _write_ballots(poll, ids, ballots, progress):
    """Write the ballots with COPY and count them at the same time. Returns the cells."""
    counted = tally.Tally.empty(poll.counting_method, ids.values())
    names = Counter()
    for cast in ballots:
        names[cast.name] += cast.count
    columns = "id, poll_id, receipt, marks"
    with connection.cursor() as cursor:
        table = SecretBallot._meta.db_table
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for cast in ballots:
                ballot = tally.relabel(poll.counting_method, cast.ballot, ids)
                counted.add(ballot, cast.count)
                marks = json.dumps(ballot)
                for _ in range(cast.count):
                    key = uuid4()
                    is_receipt = 1 <= len(cast.name) <= 40 and names[cast.name] == 1
                    receipt = cast.name if is_receipt else receipts.receipt_of(poll.pk, key)
                    copy.write_row((uuid4(), poll.pk, receipt, marks))
                progress(cast.count)
    return counted.cells


def _short(text):
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
