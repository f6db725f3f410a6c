"""Single transferable vote for several seats: the Weighted Inclusive Gregory method, as Scottish councils are elected.

Source: The Scottish Local Government Elections Order 2011, schedule 1, rules 45 to 52. The quota is the number of
ballots divided by the seats plus one, without the remainder, plus one. An option with the quota is elected. The largest
surplus is transferred first: every ballot of the option moves to its next option that is still in, and keeps the
surplus times its value divided by the votes of the option, truncated to five decimals. Without a surplus, the option
with the fewest votes is eliminated and its ballots move on at their value. When no more options remain than seats, they
are elected, and nothing is transferred any more.

Tie rule, for equal surpluses and at the bottom: the latest earlier round in which the votes differ decides. The larger
surplus is transferred first, the smaller number of votes is eliminated. If there is no such round, a lot decides: the
option with the lowest lot (see `terms`) is transferred or eliminated.

A ballot counts up to the first rank that several options share. Votes are whole numbers of 1/100,000.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from polls.tally.ballots import Ballot
from polls.tally.terms import PLAIN, Terms

EMPTY = "-"
UNIT = 100_000
Ranking = tuple[tuple[int, ...], int]
"""A ranking, and how many ballots have it."""
_Pile = list[tuple[tuple[int, ...], int, int]]


@dataclass(frozen=True)
class SeatTie:
    """Options that tied, and the earlier round that broke the tie, None for a lot."""

    options: tuple[int, ...]
    told_apart_by: int | None


@dataclass(frozen=True)
class SeatRound:
    """One round, numbered from 1: its count, and what happens after it.

    `counts` holds the votes of the options that are elected or still in, and `exhausted` the votes without a further
    choice or lost by truncation, all in parts of a vote. The options in `elected` reach a seat in this round. Then
    the surplus of `transferred` moves on, or `defeated` is eliminated. `transfers` holds the votes that each option
    gets. Meek's method has no transfers: `kept` is the share of each ballot that an option keeps.
    """

    number: int
    counts: dict[int, int]
    exhausted: int
    quota: int
    elected: tuple[int, ...] = ()
    transferred: int | None = None
    defeated: int | None = None
    transfers: dict[int, int] = field(default_factory=dict)
    kept: dict[int, int] = field(default_factory=dict)
    tie: SeatTie | None = None


@dataclass(frozen=True)
class SeatsResult:
    """The rounds of an election for several seats, and the `winners` in the order of their election.

    One vote is `unit` parts. `blank` ballots rank no option.
    """

    ballots: int
    blank: int
    seats: int
    unit: int
    rounds: tuple[SeatRound, ...]
    winners: tuple[int, ...]


def cells(ballot: Ballot) -> list[str]:
    """One cell: the ranking up to the first shared rank, such as `"7>4>9"`, or `"-"` for a blank ballot."""
    return [">".join(str(group[0]) for group in _clear(ballot)) or EMPTY]


def result(cells: Mapping[str, int], options: Collection[int], terms: Terms = PLAIN) -> SeatsResult:
    """Count round by round. Barred options are treated as if nobody had ranked them."""
    return fill_seats(_Count, UNIT, cells, options, terms)


def fill_seats(
    count_by: Callable[[list[Ranking], Collection[int], Terms], "SeatCount"],
    unit: int,
    cells: Mapping[str, int],
    options: Collection[int],
    terms: Terms,
) -> SeatsResult:
    """Count by one of the methods for several seats, whose votes have `unit` parts."""
    eligible = [option for option in options if option not in terms.barred]
    rankings, ballots = list(read(cells, eligible)), cells.get("ballots", 0)
    count = count_by(rankings, eligible, terms)
    if rankings:
        count.run()
    blank = ballots - sum(number for _, number in rankings)
    return SeatsResult(ballots, blank, terms.seats, unit, tuple(count.rounds), tuple(count.winners))


class SeatCount(Protocol):
    """A count that has not begun. `run` adds its rounds, and its winners in the order of their election."""

    rounds: list[SeatRound]
    winners: list[int]

    def run(self) -> None: ...


def read(cells: Mapping[str, int], options: Collection[int]) -> Iterator[Ranking]:
    """The rankings in the cells with their numbers of ballots, without other options and blank ballots."""
    known = frozenset(options)
    for cell, number in cells.items():
        if cell not in (EMPTY, "ballots"):
            ranking = tuple(option for option in map(int, cell.split(">")) if option in known)
            if ranking:
                yield ranking, number


def by_votes(options: Iterable[int], counts: Mapping[int, int], terms: Terms) -> list[int]:
    """The options with the most votes first. Lots order equal votes."""
    return sorted(options, key=lambda option: (-counts[option], terms.lot(option)))


def _clear(ballot: Ballot) -> Iterator[tuple[int, ...]]:
    for group in ballot:
        if len(group) != 1:
            return
        yield group


class _Count:
    """The ballots of each option, as rankings with their number and their value."""

    def __init__(self, rankings: list[Ranking], options: Collection[int], terms: Terms) -> None:
        self.terms = terms
        self.rounds: list[SeatRound] = []
        self.winners: list[int] = []
        self.remaining = set(options)
        self.surpluses: set[int] = set()
        self.exhausted = 0
        self.piles: dict[int, _Pile] = {option: [] for option in options}
        for ranking, number in rankings:
            self.piles[ranking[0]].append((ranking, number, UNIT))
        self.counts = {option: _value(pile) for option, pile in self.piles.items()}
        self.quota = (sum(self.counts.values()) // UNIT // (terms.seats + 1) + 1) * UNIT

    def run(self) -> None:
        while not self._round():
            pass

    def _round(self) -> bool:
        """Add a round. Returns whether it was the last."""
        counts, exhausted = dict(self.counts), self.exhausted
        elected = self._elect(option for option in self.remaining if counts[option] >= self.quota)
        free = self.terms.seats - len(self.winners)
        if len(self.remaining) <= free:
            elected += self._elect(self.remaining)
        is_last = len(self.winners) == self.terms.seats or not self.remaining
        moves = {} if is_last else self._move()
        self.rounds.append(
            SeatRound(len(self.rounds) + 1, counts, exhausted, self.quota, tuple(elected), **moves)
        )
        return is_last

    def _elect(self, options: Iterable[int]) -> list[int]:
        order = by_votes(options, self.counts, self.terms)
        self.winners += order
        self.remaining.difference_update(order)
        self.surpluses.update(option for option in order if self.counts[option] > self.quota)
        return order

    def _move(self) -> dict[str, Any]:
        """Transfer the largest surplus, otherwise eliminate the option with the fewest votes."""
        if self.surpluses:
            option, tie = self._choose(self.surpluses, max)
            self.surpluses.remove(option)
            return {"transferred": option, "tie": tie, "transfers": self._transfer(option)}
        option, tie = self._choose(self.remaining, min)
        self.remaining.remove(option)
        return {"defeated": option, "tie": tie, "transfers": self._eliminate(option)}

    def _choose(
        self, options: Collection[int], best: Callable[[Iterable[int]], int]
    ) -> tuple[int, SeatTie | None]:
        """The option with the most or the fewest votes, and the tie that was broken, or None."""
        most = best(self.counts[option] for option in options)
        tied = tuple(sorted(option for option in options if self.counts[option] == most))
        rivals = tied
        for past in reversed(self.rounds):
            if len(rivals) == 1:
                break
            most = best(past.counts[option] for option in rivals)
            rivals = tuple(option for option in rivals if past.counts[option] == most)
            if len(rivals) == 1:
                return rivals[0], SeatTie(tied, past.number)
        if len(tied) == 1:
            return tied[0], None
        return min(rivals, key=self.terms.lot), SeatTie(tied, None)

    def _transfer(self, option: int) -> dict[int, int]:
        total, surplus = self.counts[option], self.counts[option] - self.quota
        pile = [
            (ranking, number, surplus * value // total) for ranking, number, value in self.piles.pop(option)
        ]
        self.counts[option] = self.quota
        return self._pass_on(pile, surplus)

    def _eliminate(self, option: int) -> dict[int, int]:
        return self._pass_on(self.piles.pop(option), self.counts.pop(option))

    def _pass_on(self, pile: _Pile, total: int) -> dict[int, int]:
        """Move ballots to their next options. The votes that none of them gets are exhausted."""
        moves: defaultdict[int, int] = defaultdict(int)
        for ranking, number, value in pile:
            heir = next((option for option in ranking if option in self.remaining), None)
            if heir is not None and value:
                moves[heir] += number * value
                self.piles[heir].append((ranking, number, value))
        for heir, votes in moves.items():
            self.counts[heir] += votes
        self.exhausted += total - sum(moves.values())
        return dict(moves)


def _value(pile: _Pile) -> int:
    return sum(number * value for _, number, value in pile)
