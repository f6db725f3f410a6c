"""Dot voting: each voter spreads a fixed number of dots over the options. The option with the most dots leads.

Source: cumulative voting as Robert's Rules of Order Newly Revised describes it (12th ed., 46:43), and dot voting as
workshops use it. A voter may give several dots to one option and need not give all of them.

Tie rule: all options with the most dots lead together. Without dots no option leads. Barred options never lead.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from polls.tally.ballots import Ballot
from polls.tally.terms import PLAIN, Terms


@dataclass(frozen=True)
class DotsResult:
    """`counts` holds the dots by option, and `givers` the ballots that gave it any."""

    ballots: int
    counts: dict[int, int]
    givers: dict[int, int]
    leaders: tuple[int, ...]

    def share(self, option: int) -> float:
        """The share of all dots that the option has, from 0 to 1."""
        return self.counts[option] / total if (total := sum(self.counts.values())) else 0.0


def cells(ballot: Ballot) -> list[str]:
    """One cell per option with dots: `"option:dots"`."""
    return [f"{option}:{dots}" for option, dots in ballot]


def result(cells: Mapping[str, int], options: Collection[int], terms: Terms = PLAIN) -> DotsResult:
    """The dots of each option, in the order of `options`."""
    counts, givers = dict.fromkeys(options, 0), dict.fromkeys(options, 0)
    for cell, number in cells.items():
        option, colon, dots = cell.partition(":")
        if colon:
            counts[int(option)] += int(dots) * number
            givers[int(option)] += number
    free = {option: count for option, count in counts.items() if option not in terms.barred}
    most = max(free.values(), default=0)
    leaders = tuple(sorted(option for option, count in free.items() if count == most and most))
    return DotsResult(cells.get("ballots", 0), counts, givers, leaders)
