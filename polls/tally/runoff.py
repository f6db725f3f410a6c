"""Instant run-off: each round eliminates the weakest options and moves their ballots on, until one has a majority.

Source: Minneapolis Code of Ordinances, title 8.5, chapter 167 (definitions in 167.20, single-seat tabulation in
167.60), as the city counted its election of 2013. In each round a ballot counts for its highest option that remains.
An option wins with more than half of the ballots that still count. Otherwise all options that cannot win any more are
eliminated together: the longest list from the bottom whose votes together are fewer than the next option's.
Eliminating them one by one would give the same winner in more rounds. If there is no such list, because the lowest
options tie, one of these is eliminated. This module needs a majority of the ballots that still count, where the city
needs half of the first round. The winner is the same, because no other option can overtake one with such a majority.

Tie rule, for options that tie at the bottom, also for the last two: the latest earlier round in which their votes
differ decides, and the option with the fewest votes there is eliminated. If there is no such round, a lot decides: the
lot of an option is the SHA-256 of "seed:option id", and the lowest lot is eliminated. The seed is published with the
poll, so anyone can repeat the draw. The order of ballots and options never matters.

A rank with several options is an overvote and is skipped, as the city does. Validation refuses such ballots before.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate

from polls.tally.ballots import Ballot
from polls.tally.terms import PLAIN, Terms

EMPTY = "-"
_Pile = list[tuple[tuple[int, ...], int]]


@dataclass(frozen=True)
class Tie:
    """Options that tied at the bottom of a round, and the earlier round that broke the tie, None for a lot."""

    options: tuple[int, ...]
    told_apart_by: int | None


@dataclass(frozen=True)
class Round:
    """One round, numbered from 1: its count, and what happens after it.

    `counts` holds the ballots of each remaining option. `exhausted` counts ballots whose options have all been
    eliminated; blank ballots are not included. Then `defeated` are eliminated and `transfers[from][to]` ballots move.
    `spent[from]` ballots have no further choice and are exhausted from the next round on.
    """

    number: int
    counts: dict[int, int]
    exhausted: int
    defeated: tuple[int, ...] = ()
    transfers: dict[int, dict[int, int]] = field(default_factory=dict)
    spent: dict[int, int] = field(default_factory=dict)
    tie: Tie | None = None

    @property
    def continuing(self) -> int:
        """The ballots that count for an option in this round, never more than in the round before."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class RunoffResult:
    """All rounds and the winner. The winner is None if every ballot is blank; `blank` ballots rank no option."""

    ballots: int
    blank: int
    rounds: tuple[Round, ...]
    winner: int | None


def cells(ballot: Ballot) -> list[str]:
    """One cell: the whole ranking, such as `"7>4>9"`, or `"-"` for a blank ballot."""
    return [">".join(str(group[0]) for group in ballot if len(group) == 1) or EMPTY]


def result(cells: Mapping[str, int], options: Collection[int], terms: Terms = PLAIN) -> RunoffResult:
    """Count round by round. Barred options, such as undeclared write-ins, cannot win and are eliminated first."""
    order = _Order(terms)
    piles = _Piles(cells, options)
    rounds: list[Round] = []
    winner = None
    while piles.continuing:
        winner = order.majority(piles.counts)
        if winner is not None or len(piles.counts) == 1:
            rounds.append(Round(len(rounds) + 1, piles.counts, piles.exhausted))
            break
        rounds.append(_round(piles, rounds, order))
    return RunoffResult(cells.get("ballots", 0), piles.blank, tuple(rounds), winner)


def _round(piles: "_Piles", earlier: list[Round], order: "_Order") -> Round:
    """Count, eliminate options and move their ballots. Changes `piles`."""
    counts, exhausted = piles.counts, piles.exhausted
    defeated, tie = order.last(counts, earlier)
    transfers, spent = piles.defeat(defeated)
    return Round(len(earlier) + 1, counts, exhausted, defeated, transfers, spent, tie)


@dataclass(frozen=True)
class _Order:
    """Decides which option wins a round and which are eliminated."""

    terms: Terms

    def majority(self, counts: dict[int, int]) -> int | None:
        half = sum(counts.values()) / 2
        return next((o for o, count in counts.items() if count > half and o not in self.terms.barred), None)

    def last(self, counts: dict[int, int], earlier: list[Round]) -> tuple[tuple[int, ...], Tie | None]:
        """The options to eliminate, ascending, and the tie that was broken to choose one, or None."""
        rising = sorted(counts, key=lambda option: self._standing(option, counts))
        sums = list(accumulate(counts[option] for option in rising))
        hopeless = [size for size in range(1, len(rising)) if sums[size - 1] < counts[rising[size]]]
        if hopeless:
            return tuple(sorted(rising[: hopeless[-1]])), None
        lowest = self._standing(rising[0], counts)
        tied = tuple(sorted(option for option in rising if self._standing(option, counts) == lowest))
        loser, tie = self._break(tied, earlier) if len(tied) > 1 else (tied[0], None)
        return (loser,), tie

    def _standing(self, option: int, counts: dict[int, int]) -> tuple[bool, int]:
        return option not in self.terms.barred, counts[option]

    def _break(self, tied: tuple[int, ...], earlier: list[Round]) -> tuple[int, Tie]:
        rivals = tied
        for past in reversed(earlier):
            fewest = min(past.counts[option] for option in rivals)
            rivals = tuple(option for option in rivals if past.counts[option] == fewest)
            if len(rivals) == 1:
                return rivals[0], Tie(tied, past.number)
        return min(rivals, key=self.terms.lot), Tie(tied, None)


class _Piles:
    """The ballots, one pile per remaining option. Equal ballots are one entry with their number."""

    def __init__(self, cells: Mapping[str, int], options: Collection[int]) -> None:
        self._piles: dict[int, _Pile] = {option: [] for option in options}
        self.blank, self.exhausted = cells.get(EMPTY, 0), 0
        for cell, number in cells.items():
            if cell not in (EMPTY, "ballots"):
                ranking = tuple(int(option) for option in cell.split(">"))
                self._piles[ranking[0]].append((ranking, number))
        self.counts = {option: sum(number for _, number in pile) for option, pile in self._piles.items()}

    @property
    def continuing(self) -> int:
        return sum(self.counts.values())

    def defeat(self, defeated: Iterable[int]) -> tuple[dict[int, dict[int, int]], dict[int, int]]:
        """Eliminate options and move their ballots on. Returns the moved and the spent ballots by option."""
        leaving = {option: self._piles.pop(option) for option in defeated}
        moved, spent = {}, {}
        for option, pile in leaving.items():
            moved[option], unnamed = self._move(pile)
            if unnamed:
                spent[option] = unnamed
        self.counts = {option: count for option, count in self.counts.items() if option in self._piles}
        for moves in moved.values():
            for to, number in moves.items():
                self.counts[to] += number
        self.exhausted += sum(spent.values())
        return moved, spent

    def _move(self, pile: _Pile) -> tuple[dict[int, int], int]:
        """Move each ballot on. Returns how many each option gets, and how many name no option that is still in."""
        moves: defaultdict[int, int] = defaultdict(int)
        spent = 0
        for ranking, number in pile:
            heir = next((option for option in ranking if option in self._piles), None)
            if heir is None:
                spent += number
            else:
                moves[heir] += number
                self._piles[heir].append((ranking, number))
        return dict(moves), spent
