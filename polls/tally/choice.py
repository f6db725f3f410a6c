"""One choice, several choices and approval: count the marks; the most marks lead.

Sources. One choice is the relative majority, as in "plurality vote" of Robert's Rules of Order Newly
Revised (12th ed., section 44). Several, from a least to a most, is the same count with more than one mark a
voter (block voting). Approval is Steven J. Brams and Peter C. Fishburn, "Approval Voting", American
Political Science Review 72 (1978), 831-847: mark every option you can accept.

Tie rule: all options with the most marks lead together, and none of them is preferred. With no marks none
leads.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from polls.tally.ballots import Ballot


@dataclass(frozen=True)
class ChoiceResult:
    """`counts` is marks by option; `leaders` the options with the most, all of them where they tie."""

    ballots: int
    counts: dict[int, int]
    leaders: tuple[int, ...]

    def share(self, option: int) -> float:
        """The part of all ballots, from 0 to 1, that marks the option. With several choices these add up to
        more than 1."""
        return self.counts[option] / self.ballots if self.ballots else 0.0


def cells(ballot: Ballot) -> list[str]:
    """A cell for each marked option: its id."""
    return [str(option) for option in ballot]


def result(cells: Mapping[str, int], options: Collection[int]) -> ChoiceResult:
    """The marks of every option, in the order of `options`. Tie rule: leaders share the lead."""
    counts = {option: cells.get(str(option), 0) for option in options}
    most = max(counts.values(), default=0)
    leaders = tuple(sorted(option for option, count in counts.items() if count == most and most))
    return ChoiceResult(cells.get("ballots", 0), counts, leaders)
