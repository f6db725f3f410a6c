"""The rounds of a run-off for templates: the votes of each option, and sentences that say where votes went."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.text import get_text_list

from polls.tally import RunoffResult
from polls.tally.runoff import Round

ROUNDS_SHOWN = 12
OPTIONS_SHOWN = 10
"""The options of a round that have a bar. The others share a line, because an election may have dozens."""
NAMED = 3
"""The eliminated options of a round that are named."""


@dataclass(frozen=True)
class OptionShown:
    wording: str
    votes: int
    leads: bool = False
    is_eliminated: bool = False


@dataclass(frozen=True)
class RoundShown:
    """A round. `options` are in the order of their votes, `ballots` is the length of a full bar."""

    number: int
    outcome: str
    moves: list[str]
    options: list[OptionShown]
    others: int
    others_votes: int
    exhausted: int
    ballots: int


def rounds(result: RunoffResult, wording: Mapping[int, str]) -> list[RoundShown]:
    """Return the rounds that a page shows: if there are more than twelve, the first and the last eleven."""
    shown = result.rounds
    if len(shown) > ROUNDS_SHOWN:
        shown = (shown[0], *shown[1 - ROUNDS_SHOWN :])
    return [_round(each, result.winner, wording) for each in shown]


def _round(count: Round, winner, wording):
    order = sorted(count.counts, key=lambda option: (-count.counts[option], wording[option]))
    most = max(count.counts.values(), default=0)
    options = [
        OptionShown(
            wording[option],
            count.counts[option],
            leads=count.counts[option] == most,
            is_eliminated=option in count.defeated,
        )
        for option in order[:OPTIONS_SHOWN]
    ]
    others = order[OPTIONS_SHOWN:]
    return RoundShown(
        number=count.number,
        outcome=_outcome(count, winner, wording),
        moves=[_moves(count, option, wording) for option in count.defeated[:NAMED] if count.counts[option]],
        options=options,
        others=len(others),
        others_votes=sum(count.counts[option] for option in others),
        exhausted=count.exhausted,
        ballots=count.continuing + count.exhausted,
    )


def _outcome(count, winner, wording):
    if not count.defeated:
        return f"{wording[winner]} has the most votes." if winner is not None else ""
    names = [wording[option] for option in count.defeated[:NAMED]]
    if len(count.defeated) > NAMED:
        names.append(f"{len(count.defeated) - NAMED} more")
    return f"{get_text_list(names, 'and')} {'is' if len(count.defeated) == 1 else 'are'} eliminated."


def _moves(count, loser, wording):
    """Say where the votes of an eliminated option went."""
    moves = count.transfers.get(loser, {})
    parts = [
        f"{moves[to]:,} to {wording[to]}" for to in sorted(moves, key=lambda to: (-moves[to], wording[to]))
    ]
    if spent := count.spent.get(loser):
        parts.append(f"{spent:,} had no further choice")
    return f"Votes of {wording[loser]}: {', '.join(parts)}."
