"""Decides whether a poll has passed, by a quorum and a majority that were fixed before the first ballot.

Source: Robert's Rules of Order Newly Revised (12th ed., chapter XIII): an abstention is no vote. It counts for the
quorum, and for a majority of the roll, where it has the effect of a vote against.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Majority(StrEnum):
    """The majority that an option needs. Never change the values, because they are stored."""

    NONE = ""
    SIMPLE = "simple"
    ABSOLUTE = "absolute"
    TWO_THIRDS = "thirds"
    CUSTOM = "custom"


@dataclass(frozen=True)
class Rule:
    """A quorum and a majority. The percentages are whole numbers; `percent` is that of a custom majority."""

    majority: Majority = Majority.NONE
    percent: int = 50
    of_roll: bool = False
    quorum: int = 0
    quorum_percent: int = 0

    def quorum_of(self, roll: int) -> int:
        """The number of ballots that the quorum needs, with a roll of this size."""
        return max(self.quorum, _share_up(roll, self.quorum_percent, 100))

    def needed(self, base: int) -> int:
        """The votes that an option needs of `base`. A simple majority needs one, and more than each other option."""
        if self.majority is Majority.ABSOLUTE:
            return base // 2 + 1
        if self.majority is Majority.TWO_THIRDS:
            return max(1, _share_up(base, 2, 3))
        if self.majority is Majority.CUSTOM:
            return max(1, _share_up(base, self.percent, 100))
        return 1


@dataclass(frozen=True)
class Decision:
    """Whether a poll has passed, and the numbers that show it. `option` is the one that leads alone, otherwise None."""

    has_passed: bool
    has_quorum: bool
    option: int | None
    votes: int
    needed: int
    base: int


def decide(
    rule: Rule,
    counts: Mapping[int, int],
    leaders: Sequence[int],
    *,
    ballots: int,
    roll: int = 0,
    abstain: int | None = None,
    against: int | None = None,
) -> Decision:
    """Apply the rule to the votes of each option.

    `abstain` is the option whose ballots are no votes. `against` is "none of the above": if it leads, nothing passes.
    """
    base = roll if rule.of_roll else ballots - counts.get(abstain or 0, 0)
    option = leaders[0] if len(leaders) == 1 else None
    votes = counts[option] if option is not None else 0
    needed, has_quorum = rule.needed(base), ballots >= rule.quorum_of(roll)
    has_passed = has_quorum and option not in (None, against) and votes >= needed
    return Decision(has_passed, has_quorum, option, votes, needed, base)


def _share_up(number: int, part: int, whole: int) -> int:
    return -(-number * part // whole)
