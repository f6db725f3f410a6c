"""The records that readers produce and writers consume: elections, ballots, broken lines."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from polls.tally import Ballot, Method


@dataclass(frozen=True)
class BrokenLine:
    """A line that could not be read and was skipped. Lines are numbered from 1."""

    file: str
    line: int
    reason: str

    def __str__(self):
        return f"{self.file}, line {self.line}: {self.reason}"


Report = Callable[[BrokenLine], None]


class Cast(NamedTuple):
    """A ballot and how many voters cast it. `name` is the voter or the receipt in an imported file, the receipt in an
    export, or empty."""

    ballot: Ballot
    count: int = 1
    name: str = ""


@dataclass(frozen=True)
class Election:
    """A question with its options (id to wording, in the order shown) and its ballots.

    Readers number the options from 1 in the file's order. `ballots` may be a generator, because writers iterate once.
    """

    title: str
    method: Method
    options: dict[int, str]
    ballots: Iterable[Cast]
    seats: int = 1

    def loaded(self) -> "Election":
        """The election with its ballots in a list, to be iterated more than once."""
        return replace(self, ballots=list(self.ballots))

    @cached_property
    def fingerprint(self) -> UUID:
        """A number that only an election with the same question, options and ballots has, in whatever order they are.

        Iterates the ballots once.
        """
        counts: Counter[tuple[Ballot, str]] = Counter()
        for cast in self.ballots:
            counts[cast.ballot, cast.name] += cast.count
        facts: tuple[object, ...] = (
            self.title,
            str(self.method),
            sorted(self.options.items()),
            sorted(counts.items()),
        )
        if self.seats > 1:
            facts += (self.seats,)
        return UUID(bytes=sha256(repr(facts).encode()).digest()[:16])
