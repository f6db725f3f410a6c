"""What every ballot file is read into, and what every export is written from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from polls.tally import Ballot, Method


@dataclass(frozen=True)
class BrokenLine:
    """A line that could not be read, and was left out. Lines are numbered from 1."""

    file: str
    line: int
    reason: str

    def __str__(self):
        return f"{self.file}, line {self.line}: {self.reason}"


Report = Callable[[BrokenLine], None]


class Cast(NamedTuple):
    """A ballot as cast: `name` is the voter in a public poll and the receipt in a secret one, or empty;
    `count` is how many voters cast it."""

    ballot: Ballot
    count: int = 1
    name: str = ""


@dataclass(frozen=True)
class Election:
    """A question with its options (id to wording, in the order shown) and the ballots cast on it.

    Readers number the options from 1 in the file's order. Writers go through `ballots` once, so it may be a
    generator.
    """

    title: str
    method: Method
    options: dict[int, str]
    ballots: Iterable[Cast]
