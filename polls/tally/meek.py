"""Meek's method for several seats: an elected option keeps the share of a ballot that it needs, and passes on the rest.

Source: Proportional Representation Foundation, "Reference Meek Rule", based on I. D. Hill, B. A. Wichmann and D. R.
Woodall, "Algorithm 123", Computer Journal 30 (1987). Votes are whole numbers of 1/1,000,000,000. Products and
quotients are rounded up. The count of a round ends when an option is elected, when the surplus is below 1/1,000,000
of a vote, or when it no longer falls. Unlike the other methods, an elected option still receives votes and passes them
on, and the quota falls with the ballots that have no further choice.

Tie rule: options whose votes differ from the lowest by no more than the surplus are tied at the bottom. A lot decides:
the option with the lowest lot (see `terms`) is eliminated.

A ballot counts up to the first rank that several options share.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from polls.tally import stv
from polls.tally.stv import Ranking, SeatRound, SeatsResult, SeatTie
from polls.tally.terms import PLAIN, Terms

UNIT = 1_000_000_000
OMEGA = UNIT // 1_000_000

cells = stv.cells


def result(cells: Mapping[str, int], options: Collection[int], terms: Terms = PLAIN) -> SeatsResult:
    """Count round by round. Barred options are treated as if nobody had ranked them."""
    return stv.fill_seats(_Count, UNIT, cells, options, terms)


class _Count:
    def __init__(self, rankings: list[Ranking], options: Collection[int], terms: Terms) -> None:
        self.rankings, self.terms = rankings, terms
        self.rounds: list[SeatRound] = []
        self.winners: list[int] = []
        self.remaining = set(options)
        self.kept = dict.fromkeys(options, UNIT)
        self.counts: dict[int, int] = {}
        self.quota = self.exhausted = 0

    def run(self) -> None:
        while not self._round():
            pass

    def _round(self) -> bool:
        """Add a round, which elects options or eliminates one. Returns whether it was the last."""
        elected, surplus = self._iterate()
        counts, exhausted, kept = dict(self.counts), self.exhausted, dict(self.kept)
        if len(self.remaining) <= self.terms.seats - len(self.winners):
            elected += self._elect(self.remaining)
        is_last = len(self.winners) == self.terms.seats or not self.remaining
        moves = {} if elected or is_last else self._eliminate(surplus)
        self.rounds.append(
            SeatRound(len(self.rounds) + 1, counts, exhausted, self.quota, tuple(elected), kept=kept, **moves)
        )
        return is_last

    def _iterate(self) -> tuple[list[int], int]:
        """Adjust the kept shares until an option is elected or the surplus is small. Returns both."""
        piles = self._piles()
        before = None
        while True:
            self._count(piles)
            if elected := self._elect(
                option for option in self.remaining if self.counts[option] >= self.quota
            ):
                return elected, 0
            surplus = sum(max(0, self.counts[option] - self.quota) for option in self.winners)
            if surplus < OMEGA or (before is not None and surplus >= before):
                return [], surplus
            before = surplus
            for option in self.winners:
                product = _divide_up(self.kept[option] * self.quota, UNIT)
                self.kept[option] = _divide_up(product * UNIT, self.counts[option])

    def _piles(self) -> Counter[tuple[int, ...]]:
        """The ballots of this round: their elected options up to the first one that is still in. Equal ones are one."""
        piles: Counter[tuple[int, ...]] = Counter()
        for ranking, number in self.rankings:
            piles[self._part(ranking)] += number
        return piles

    def _part(self, ranking: tuple[int, ...]) -> tuple[int, ...]:
        part = []
        for option in ranking:
            if option in self.kept:
                part.append(option)
            if option in self.remaining:
                break
        return tuple(part)

    def _count(self, piles: Counter[tuple[int, ...]]) -> None:
        counts = dict.fromkeys(self.kept, 0)
        exhausted = 0
        for part, number in piles.items():
            left = UNIT
            for option in part:
                share = _divide_up(left * self.kept[option], UNIT)
                counts[option] += share * number
                left -= share
                if not left:
                    break
            exhausted += left * number
        self.counts, self.exhausted = counts, exhausted
        self.quota = sum(counts.values()) // (self.terms.seats + 1) + 1

    def _elect(self, options: Iterable[int]) -> list[int]:
        order = stv.by_votes(options, self.counts, self.terms)
        self.winners += order
        self.remaining.difference_update(order)
        return order

    def _eliminate(self, surplus: int) -> dict[str, Any]:
        lowest = min(self.counts[option] for option in self.remaining)
        tied = tuple(sorted(option for option in self.remaining if self.counts[option] <= lowest + surplus))
        loser = min(tied, key=self.terms.lot)
        self.remaining.remove(loser)
        del self.kept[loser]
        return {"defeated": loser, "tie": SeatTie(tied, None) if len(tied) > 1 else None}


def _divide_up(number: int, by: int) -> int:
    return -(-number // by)
