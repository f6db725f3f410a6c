"""One choice, several choices and approval: the option with the most marks leads.

Sources. One choice is the plurality vote of Robert's Rules of Order Newly Revised (12th ed., section 44). Several
choices, with a least and a most, is the same count with more marks per voter (block voting). Approval, where voters
mark every option they can accept, is Steven J. Brams and Peter C. Fishburn, "Approval Voting", American Political
Science Review 72 (1978), 831-847.

Tie rule: all options with the most marks lead together. Without marks no option leads. Barred options never lead.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from polls.tally.ballots import Ballot
from polls.tally.terms import PLAIN, Terms


@dataclass(frozen=True)
class ChoiceResult:
    """`counts` holds the marks by option. `leaders` are the options with the most marks, more than one if they tie."""

    ballots: int
    counts: dict[int, int]
    leaders: tuple[int, ...]

    def share(self, option: int) -> float:
        """The share of ballots that mark the option, from 0 to 1. With several choices the shares may add up to more
        than 1."""
        return self.counts[option] / self.ballots if self.ballots else 0.0


def cells(ballot: Ballot) -> list[str]:
    """One cell per marked option: its id."""
    return [str(option) for option in ballot]


def result(cells: Mapping[str, int], options: Collection[int], terms: Terms = PLAIN) -> ChoiceResult:
    """The marks of each option, in the order of `options`."""
    counts = {option: cells.get(str(option), 0) for option in options}
    free = {option: count for option, count in counts.items() if option not in terms.barred}
    most = max(free.values(), default=0)
    leaders = tuple(sorted(option for option, count in free.items() if count == most and most))
    return ChoiceResult(cells.get("ballots", 0), counts, leaders)
