"""The tally of a poll: the whole numbers from which its result is computed.

Each method splits a ballot into cells, which are short texts such as `"7"` (chosen) or `"4>9"`. A tally counts each
cell. The order of additions therefore does not matter, an addition can be undone, tallies are merged by adding them,
and a Redis hash with HINCRBY is a tally too.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from polls.tally import choice, consent, dots, meek, runoff, schulze, score, stv
from polls.tally.ballots import Ballot, Method
from polls.tally.terms import PLAIN, Terms

Result = (
    choice.ChoiceResult
    | score.ScoreResult
    | runoff.RunoffResult
    | schulze.SchulzeResult
    | stv.SeatsResult
    | dots.DotsResult
    | consent.ConsentResult
)


class Rule(Protocol):
    """The two functions that each method's module defines."""

    def cells(self, ballot: Ballot) -> list[str]: ...

    def result(self, cells: Mapping[str, int], options: Collection[int], terms: Terms = ...) -> Result: ...


RULES: dict[Method, Rule] = {
    Method.ONE: choice,
    Method.SEVERAL: choice,
    Method.APPROVAL: choice,
    Method.SCORE: score,
    Method.RUNOFF: runoff,
    Method.SCHULZE: schulze,
    Method.STV: stv,
    Method.MEEK: meek,
    Method.DOTS: dots,
    Method.CONSENT: consent,
}
BALLOTS = "ballots"


def cells(method: Method, ballot: Ballot) -> list[str]:
    """The cells to which one ballot adds one each. `"ballots"` is always one of them, and no cell appears twice.

    They do not depend on the options of the poll, so options may be added while it is open.
    """
    return [BALLOTS, *RULES[method].cells(ballot)]


@dataclass
class Tally:
    """The cells of a poll's ballots. Validate ballots before you add them."""

    method: Method
    options: tuple[int, ...]
    terms: Terms = PLAIN
    cells: Counter[str] = field(default_factory=Counter)

    @classmethod
    def empty(cls, method: Method, options: Iterable[int], terms: Terms = PLAIN) -> "Tally":
        """A tally without ballots."""
        return cls(method, tuple(options), terms)

    @classmethod
    def of(
        cls, method: Method, options: Iterable[int], ballots: Iterable[Ballot], terms: Terms = PLAIN
    ) -> "Tally":
        """A tally of many ballots. Equal ballots cost as much as one."""
        tally = cls.empty(method, options, terms)
        for ballot, weight in Counter(ballots).items():
            tally.add(ballot, weight)
        return tally

    @classmethod
    def from_cells(
        cls, method: Method, options: Iterable[int], stored: Mapping[str, int], terms: Terms = PLAIN
    ) -> "Tally":
        """A tally from stored cells, for example from Redis or a frozen result. Drops zeros."""
        kept = Counter({cell: number for cell, number in stored.items() if number})
        return cls(method, tuple(options), terms, kept)

    @property
    def ballots(self) -> int:
        """The number of ballots."""
        return self.cells[BALLOTS]

    def add(self, ballot: Ballot, weight: int = 1) -> None:
        """Add the ballot, as if `weight` voters had cast it."""
        for cell in cells(self.method, ballot):
            self.cells[cell] += weight

    def remove(self, ballot: Ballot, weight: int = 1) -> None:
        """Undo `add`. Raises ValueError, and changes nothing, if the tally cannot contain the ballot."""
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
        """The result by the method's rule. The same cells always give the same result."""
        return RULES[self.method].result(self.cells, self.options, self.terms)
