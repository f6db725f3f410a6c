"""The tally of a poll: all that its result needs, in a few whole numbers.

Every method breaks a ballot into cells, short texts such as `"7"` (chosen) or `"4>9"`, and a tally counts
each cell. Adding is therefore commutative and can be undone, tallies merge by adding, and a Redis hash with
HINCRBY is a tally too.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from polls.tally import choice, runoff, schulze, score
from polls.tally.ballots import Ballot, Method

Result = choice.ChoiceResult | score.ScoreResult | runoff.RunoffResult | schulze.SchulzeResult


class Rule(Protocol):
    """The two functions that each method's module defines."""

    def cells(self, ballot: Ballot) -> list[str]: ...

    def result(self, cells: Mapping[str, int], options: Collection[int]) -> Result: ...


RULES: dict[Method, Rule] = {
    Method.ONE: choice,
    Method.SEVERAL: choice,
    Method.APPROVAL: choice,
    Method.SCORE: score,
    Method.RUNOFF: runoff,
    Method.SCHULZE: schulze,
}
BALLOTS = "ballots"


def cells(method: Method, ballot: Ballot) -> list[str]:
    """The cells that one ballot raises by one each; always `"ballots"` among them, and none twice.

    They do not depend on which options the poll has, so an option may be added while it is open.
    """
    return [BALLOTS, *RULES[method].cells(ballot)]


@dataclass
class Tally:
    """A poll's ballots, counted as far as its method allows. Ballots must have been validated.

    `seed` is the published text from which a run-off draws its lots; the other methods do not use it.
    """

    method: Method
    options: tuple[int, ...]
    seed: str = ""
    cells: Counter[str] = field(default_factory=Counter)

    @classmethod
    def empty(cls, method: Method, options: Iterable[int], seed: str = "") -> "Tally":
        """A tally of no ballots."""
        return cls(method, tuple(options), seed)

    @classmethod
    def of(cls, method: Method, options: Iterable[int], ballots: Iterable[Ballot], seed: str = "") -> "Tally":
        """A tally of many ballots at once; equal ballots cost as much as one."""
        tally = cls.empty(method, options, seed)
        for ballot, weight in Counter(ballots).items():
            tally.add(ballot, weight)
        return tally

    @classmethod
    def from_cells(
        cls, method: Method, options: Iterable[int], stored: Mapping[str, int], seed: str = ""
    ) -> "Tally":
        """A tally from cells that were kept elsewhere, such as `HGETALL` or a frozen result. Zeros are
        dropped."""
        kept = Counter({cell: number for cell, number in stored.items() if number})
        return cls(method, tuple(options), seed, kept)

    @property
    def ballots(self) -> int:
        """How many ballots are in it."""
        return self.cells[BALLOTS]

    def add(self, ballot: Ballot, weight: int = 1) -> None:
        """Count the ballot, as if `weight` voters had cast it."""
        for cell in cells(self.method, ballot):
            self.cells[cell] += weight

    def remove(self, ballot: Ballot, weight: int = 1) -> None:
        """Undo `add`. Raises ValueError, and changes nothing, where the tally shows that it was never
        added."""
        lowered = cells(self.method, ballot)
        if any(self.cells[cell] < weight for cell in lowered):
            raise ValueError("this ballot is not in the tally")
        for cell in lowered:
            self.cells[cell] -= weight
            if not self.cells[cell]:
                del self.cells[cell]

    def merge(self, other: "Tally") -> None:
        """Add another tally of the same poll, counted elsewhere."""
        self.cells.update(other.cells)

    def result(self) -> Result:
        """What the ballots say, by the method's rule. Pure: the same cells give the same result for ever."""
        if self.method is Method.RUNOFF:
            return runoff.result(self.cells, self.options, self.seed)
        return RULES[self.method].result(self.cells, self.options)
