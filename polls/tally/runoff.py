"""Ranked ballots by instant run-off: the hopeless leave, their ballots move on, until someone has a
majority.

Source: Minneapolis Code of Ordinances, title 8.5, chapter 167 (definitions in 167.20, single-seat
tabulation in 167.60), as the city counted its election of 2013. In each round a ballot counts for the
highest of its options that is still in. An option wins with more than half of the ballots still counting.
Otherwise all options leave together that are mathematically unable to win: the longest list from the bottom
whose votes, all added up, are still fewer than the next option's. Leaving one by one would end the same
way, only later. Where there is no such list, because the lowest tie, one of those leaves. We look for the
majority among ballots still counting, where the city asks for half of the first round; the winner is the
same, since an option with such a majority can no longer be passed.

Tie rule, for options tied at the bottom (and for the last two): the one that had fewest votes in the latest
earlier round that tells them apart leaves. If no round does, a lot decides: each option's lot is the
SHA-256 of "seed:option id", and the lowest leaves. The seed is published with the poll, so anyone can draw
again; order of ballots and options never matters.

A rank that holds several options is an overvote and is passed over, as the city does; validation refuses it
beforehand.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import accumulate

from polls.tally.ballots import Ballot

EMPTY = "-"
_Pile = list[tuple[tuple[int, ...], int]]


@dataclass(frozen=True)
class Tie:
    """Options level at the bottom of a round, and what told them apart: an earlier round's number, or None
    for a lot."""

    options: tuple[int, ...]
    told_apart_by: int | None


@dataclass(frozen=True)
class Round:
    """One count, numbered from 1, and what follows from it.

    `counts` holds the options still in, `exhausted` the ballots that no longer name any of them (blank
    ones, which never did, are not among them). Then `defeated` leave, and `transfers[from][to]` ballots
    move; `spent[from]` ballots name nobody else and are exhausted from the next round.
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
        """Ballots that count for somebody in this round; never more than in the round before."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class RunoffResult:
    """All rounds and the winner, None while no ballot names anyone. `blank` ballots name nobody from the
    start."""

    ballots: int
    blank: int
    rounds: tuple[Round, ...]
    winner: int | None


def cells(ballot: Ballot) -> list[str]:
    """One cell: the ballot's whole order, as `"7>4>9"`, or `"-"` for a blank one."""
    return [">".join(str(group[0]) for group in ballot if len(group) == 1) or EMPTY]


def result(
    cells: Mapping[str, int], options: Collection[int], seed: str = "", set_aside: Iterable[int] = ()
) -> RunoffResult:
    """Count round by round.

    `set_aside` are options that may not win and leave first, such as a city's undeclared write-ins.
    """
    order = _Order(seed, frozenset(set_aside))
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
    """Count, decide who leaves, and move their ballots. Changes `piles`."""
    counts, exhausted = piles.counts, piles.exhausted
    defeated, tie = order.last(counts, earlier)
    transfers, spent = piles.defeat(defeated)
    return Round(len(earlier) + 1, counts, exhausted, defeated, transfers, spent, tie)


@dataclass(frozen=True)
class _Order:
    """Who wins a round, who leaves it, and why."""

    seed: str
    set_aside: frozenset[int]

    def majority(self, counts: dict[int, int]) -> int | None:
        half = sum(counts.values()) / 2
        return next((o for o, count in counts.items() if count > half and o not in self.set_aside), None)

    def last(self, counts: dict[int, int], earlier: list[Round]) -> tuple[tuple[int, ...], Tie | None]:
        """The options that leave, ascending, and the tie that had to be broken to know it, if any."""
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
        return option not in self.set_aside, counts[option]

    def _break(self, tied: tuple[int, ...], earlier: list[Round]) -> tuple[int, Tie]:
        rivals = tied
        for past in reversed(earlier):
            fewest = min(past.counts[option] for option in rivals)
            rivals = tuple(option for option in rivals if past.counts[option] == fewest)
            if len(rivals) == 1:
                return rivals[0], Tie(tied, past.number)
        return min(rivals, key=self._lot), Tie(tied, None)

    def _lot(self, option: int) -> str:
        return sha256(f"{self.seed}:{option}".encode()).hexdigest()


class _Piles:
    """The ballots, in one pile for each option still in; equal ballots lie in it as one with their
    number."""

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
        """Take these options out and move their ballots on. Returns what moved and what was spent, by
        option."""
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
