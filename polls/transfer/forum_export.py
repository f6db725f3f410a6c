"""Exports the polls of topics for `manage.py export_forum`. forums/export/README.md documents the records.

Options appear by their positions in the poll, because their ids differ from site to site.
"""

import re
from collections.abc import Iterator

from django.db.models import Count
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from forums.export.data.records import moment, outcome
from polls import tally
from polls.ballots import permissions
from polls.counting import ballot_count
from polls.models import Poll
from polls.results.panel import PollPanel

RULES = (
    "at_least", "at_most", "seats", "dots", "shuffled", "account_days", "members_before_opening", "changeable",
    "withdrawable", "results_show", "quorum", "secret", "extensible", "roll_grows", "voters_published",
    "quorum_percent", "majority", "majority_percent", "majority_of_roll",
)  # fmt: skip
ROWS = 2000
"""Ballots read at once."""
OPTION = re.compile(r"\d+(?=:)|(?<![:\d])\d+")
"""The options in the name of a cell. The number after a colon is a score."""


def records(topics: dict[int, str], identifiers) -> Iterator[tuple[str, dict]]:
    """Yield the polls of these topics (ids and names) and then their ballots, each record with its kind.

    Has the ballots and the result only if the viewer may see the result.
    """
    seen = (
        Poll.objects.visible_to(identifiers.viewer)
        .filter(topic__in=topics)
        .select_related("topic__category__parent")
    )
    for poll in seen.prefetch_related("options", "log").order_by("topic_id", "pk"):
        name = identifiers.of("poll", poll.pk, poll.source)
        sees_results = permissions.may_see_results(identifiers.viewer, poll, has_voted=False)
        yield "polls", _record(poll, name, topics[poll.topic_id], sees_results, identifiers)
        if sees_results:
            for ballot in _ballots(poll, identifiers):
                yield "ballots", {"poll": name} | ballot


def page(topic, identifiers) -> SafeString:
    """The topic's polls for a page of the archive: results that the viewer may see, and turnout."""
    polls = Poll.objects.visible_to(identifiers.viewer).filter(topic=topic).for_page()
    panels = [PollPanel(poll, identifiers.viewer, voted=False) for poll in polls]
    return mark_safe(render_to_string("polls/_results.html", {"panels": panels}))


def translate_cells(cells, options) -> dict[str, int]:
    """Replace the options in the names of a tally's cells."""
    return {
        OPTION.sub(lambda found: str(options[int(found[0])]), cell): n for cell, n in sorted(cells.items())
    }


def _record(poll, name, topic, sees_results, identifiers):
    log = list(poll.log.all())
    members = identifiers.members([poll.author_id, *(entry.by_id for entry in log)])
    cells = None
    if sees_results:
        cells = translate_cells(
            poll.cells if poll.closed_at else ballot_count.count(poll)[0], _positions(poll)
        )
    return {
        "id": name,
        "number": poll.pk,
        "topic": topic,
        "author": members.get(poll.author_id),
        "question": poll.question,
        "method": poll.method,
        "rules": {rule: getattr(poll, rule) for rule in RULES} | {"for_groups": bool(poll.voter_groups)},
        "created_at": moment(poll.created_at),
        "opens_at": moment(poll.opens_at),
        "closes_at": moment(poll.closes_at),
        "closed_at": moment(poll.closed_at),
        "roll_size": poll.roll_size,
        "passed": poll.passed if sees_results else None,
        "seed": poll.seed,
        "outcome": outcome(poll.outcome, identifiers),
        "options": [
            {
                "position": option.position,
                "number": option.pk,
                "wording": option.wording,
                "added_at": moment(option.added_at),
                "corrected_at": moment(option.corrected_at),
                "set_aside": option.set_aside,
                "kind": option.kind,
            }
            for option in poll.options.all()
        ],
        "tally": cells,
        "log": [
            {"at": moment(each.at), "by": members.get(each.by_id), "event": each.event, "note": each.note}
            for each in log
        ],
    }


def _positions(poll):
    return {option.pk: option.position for option in poll.options.all()}


def _ballots(poll, identifiers):
    """Yield ballots with their voters, those of a closed secret poll with receipts, of an open one as sums."""
    positions = _positions(poll)

    def marks(stored):
        return tally.relabel(poll.counting_method, stored, positions)

    if not poll.secret:
        for some in _pages(poll.ballots, "member_id"):
            voters = identifiers.members([ballot.member_id for ballot in some])
            for ballot in some:
                yield {
                    "marks": marks(ballot.marks),
                    "voter": voters.get(ballot.member_id),
                    "cast_at": moment(ballot.cast_at),
                    "changed_at": moment(ballot.changed_at),
                }
    elif poll.closed_at:
        for some in _pages(poll.secret_ballots, "receipt"):
            for ballot in some:
                yield {"marks": marks(ballot.marks), "receipt": ballot.receipt}
    else:
        # Sums, because the order of single ballots could reveal who voted when.
        for row in poll.secret_ballots.values("marks").annotate(count=Count("pk")).order_by("marks"):
            yield {"marks": marks(row["marks"]), "count": row["count"]}


def _pages(ballots, key):
    """Yield the ballots in lists of ROWS, in the order of `key`, which is unique in a poll."""
    rows = ballots.order_by(key)
    while some := list(rows[:ROWS]):
        yield some
        rows = ballots.order_by(key).filter(**{f"{key}__gt": getattr(some[-1], key)})
