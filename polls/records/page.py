"""A closed poll on the page of its record: rules, result as one table, ballots in words."""

from collections.abc import Iterator

from django.template.loader import render_to_string

from forums.records import kinds
from polls import tally
from polls.records.content import content
from polls.results.panel import marks_in_words
from polls.results.seat_rounds import votes

ROWS = 1_000
"""Ballots that are shown at once."""


def register() -> None:
    kinds.register("poll", content, show)


def show(content: dict, resolve: kinds.Resolve) -> Iterator[str]:
    """The poll, in pieces."""
    poll = content["poll"]
    ballots = poll.pop("ballots")
    poll = resolve(poll)
    wording = {option["number"]: option["wording"] for option in poll["options"]}
    method = tally.Method(poll["method"])
    table = _table(method, poll["result"], wording) if poll["result"] else None
    decided = poll["decision"] and wording.get(poll["decision"]["option"])
    context = {"poll": poll, "table": table, "decided": decided, "ballots": ballots}
    yield render_to_string("polls/records/_poll.html", context)
    for some in kinds.in_parts(ballots or [], ROWS):
        rows = [
            (ballot.get("receipt") or ballot["voter"], marks_in_words(method, ballot["marks"], wording))
            for ballot in resolve(some)
        ]
        yield render_to_string("polls/records/_ballots.html", {"rows": rows})


def _table(method, result, wording):
    """The result: headings, a row for each option, and a sentence."""
    if method is tally.Method.SCHULZE:
        ranking = [" and ".join(wording[option] for option in place) for place in result["ranking"]]
        rows = [[wording[a], *(result["wins"][str(a)].get(str(b), "") for b in wording)] for a in wording]
        return ["preferred to", *wording.values()], rows, f"Places: {'; '.join(ranking)}."
    if "rounds" in result:
        return _rounds(result, wording)
    if method is tally.Method.SCORE:
        scores = result["scores"]
        rows = [[wording[o], scores[str(o)]["total"], scores[str(o)]["given"]] for o in wording]
        return ["option", "total", "scored by"], rows, _leading(result["leaders"], wording)
    rows = [[wording[option], result["counts"][str(option)]] for option in wording]
    if method is tally.Method.CONSENT:
        return ["answer", "ballots"], rows, f"Objections: {result['objections']}."
    return ["option", "dots" if "givers" in result else "ballots"], rows, _leading(result["leaders"], wording)


def _rounds(result, wording):
    rounds, unit = result["rounds"], result.get("unit", 1)
    rows = [
        [
            wording[o],
            *(votes(each["counts"][str(o)], unit) if str(o) in each["counts"] else "" for each in rounds),
        ]
        for o in wording
    ]
    rows.append(["exhausted", *(votes(each["exhausted"], unit) for each in rounds)])
    winners = result.get("winners", [result["winner"]] if result.get("winner") else [])
    heading = ["option", *(f"round {number}" for number in range(1, len(rounds) + 1))]
    names = ", ".join(wording[option] for option in winners)
    return heading, rows, f"Elected: {names}." if names else "Nobody is elected."


def _leading(leaders, wording):
    names = " and ".join(wording[option] for option in leaders)
    return f"Leading: {names}." if names else "No option leads."
