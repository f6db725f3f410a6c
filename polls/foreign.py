"""Polls of other forums, as their importers found them, become closed polls of ours."""

from uuid import uuid4

from forums import attachments
from polls import imports, tally
from polls.models import Ballot, Poll


def bring_in(record, *, topic, author, members) -> str:
    """Store a `forums.importers.records.Poll`, once. With ballots where it says who chose what and all of them
    are `members`, by source; else as totals. Returns what became of it, as forums/attachments.py says."""
    if Poll.objects.filter(topic=topic, source=record.source).exists():
        return attachments.THERE
    if author is None:
        return "whoever opened them has left"
    if record.totals is None:
        return "their results were never told"
    method = Poll.Method.SEVERAL if record.is_several else Poll.Method.ONE
    facts = {"topic": topic, "author": author, "question": record.question, "method": method}
    facts |= {"source": record.source, "at": record.at, "at_most": None}
    chosen = {members[source]: marks for source, marks in record.ballots.items() if source in members}
    if record.ballots and len(chosen) == len(record.ballots):
        _with_ballots(record, chosen, facts)
    else:
        imports.bring_in_totals(
            totals=list(zip(record.options, record.totals, strict=True)), voters=record.voters, **facts
        )
    return attachments.ADDED


def _with_ballots(record, chosen, facts):
    poll, ids = imports.begin(wordings=record.options, secret=False, **facts)
    counted = tally.Tally.empty(poll.rule, ids, poll.seed)
    ballots = []
    for member, places in chosen.items():
        marks = tuple(sorted(ids[place] for place in places))
        counted.add(marks)
        # When each of them voted is not known; it was no earlier than this.
        ballots.append(Ballot(poll=poll, member=member, marks=marks, token=uuid4(), cast_at=record.at))
    Ballot.objects.bulk_create(ballots)
    imports.finish(poll, counted.cells, note="imported with who chose what", at=record.at)
