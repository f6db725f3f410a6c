"""Stores the polls that forum importers have read as closed polls."""

from uuid import uuid4

from forums.reading import topic_panels
from polls import tally
from polls.models import Ballot, Poll
from polls.transfer import import_election


def bring_in(record, *, topic, author, members) -> str:
    """Store a `forums.importers.records.records.Poll` unless it exists. Returns the outcome, as
    forums/reading/topic_panels.py defines.

    Stores ballots if the record names all voters and all of them are in `members` (by source), otherwise totals.
    """
    if Poll.objects.filter(topic=topic, source=record.source).exists():
        return topic_panels.THERE
    method = Poll.Method.SEVERAL if record.is_several else Poll.Method.ONE
    facts = {"topic": topic, "author": author, "question": record.question, "method": method}
    facts |= {"source": record.source, "at": record.at, "at_most": None}
    chosen = {members[source]: marks for source, marks in record.ballots.items() if source in members}
    if record.ballots and len(chosen) == len(record.ballots):
        _with_ballots(record, chosen, facts)
    else:
        import_election.bring_in_totals(
            totals=list(zip(record.options, record.totals, strict=True)), voters=record.voters, **facts
        )
    return topic_panels.ADDED


def _with_ballots(record, chosen, facts):
    poll, ids = import_election.begin(wordings=record.options, secret=False, **facts)
    counted = tally.Tally.empty(poll.counting_method, ids)
    ballots = []
    for member, places in chosen.items():
        marks = tuple(sorted(ids[place] for place in places))
        counted.add(marks)
        # The export has no time for each ballot. No ballot is older than the poll.
        ballots.append(Ballot(poll=poll, member=member, marks=marks, token=uuid4(), cast_at=record.at))
    Ballot.objects.bulk_create(ballots)
    import_election.finish(poll, counted.cells, note="imported with who chose what", at=record.at)
