"""Defines ballots and validates them, with a sentence for voters whose ballot breaks a rule.

A ballot is a nested tuple of whole numbers. It is the same in the database (as JSON lists), in the tally and in
exports:

    one, several, approval   the chosen option ids, ascending          (4, 7)
    consent                  the chosen option id, and the reason of   (6, "It floods in May.")
                             an objection
    score, dots              pairs of option id and number, ascending  ((4, 5), (7, 0))
    runoff, schulze, stv,    ranks from the best, each the ids that    ((7,), (4, 9))
    meek                     share it, ascending; unranked ids absent

Equal ballots are equal tuples, so they can be counted, compared and hashed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Any

Ballot = tuple[Any, ...]


class Method(StrEnum):
    """How members vote in a poll and how it is counted. Never change the values, because they are stored."""

    ONE = "one"
    SEVERAL = "several"
    APPROVAL = "approval"
    SCORE = "score"
    RUNOFF = "runoff"
    SCHULZE = "schulze"
    STV = "stv"
    MEEK = "meek"
    DOTS = "dots"
    CONSENT = "consent"

    @property
    def is_ranked(self) -> bool:
        """Whether a ballot is a ranking."""
        return self in (Method.RUNOFF, Method.SCHULZE, Method.STV, Method.MEEK)

    @property
    def has_numbers(self) -> bool:
        """Whether a ballot gives each option a number."""
        return self in (Method.SCORE, Method.DOTS)

    @property
    def has_seats(self) -> bool:
        """Whether several options are elected."""
        return self in (Method.STV, Method.MEEK)


@dataclass(frozen=True)
class Limits:
    """The limits of one ballot: the number of marked options and the range of scores, both ends included.

    `at_most=None` means all options. A poll with one choice ignores `at_least` and `at_most`. A voter has `dots` dots.
    `objection` is the option of a consent poll that needs a reason. Options in `alone` are never chosen
    together with others.
    """

    at_least: int = 1
    at_most: int | None = None
    lowest: int = 0
    highest: int = 5
    dots: int = 10
    objection: int | None = None
    alone: frozenset[int] = frozenset()


REASON_LENGTH = 500
"""Characters of the reason of an objection."""


UNREADABLE = "Your ballot could not be read. Reload the page and vote again."


class InvalidBallot(ValueError):
    """The ballot cannot be counted. The message is for the voter."""


def validate(ballot: object, method: Method, options: Collection[int], limits: Limits = Limits()) -> Ballot:
    """The ballot in its canonical form, from lists or tuples in any order. Raises InvalidBallot.

    The number of options limits the cost, whatever the form contained.
    """
    options = frozenset(options)
    # Checked before anything is built from the ballot, because a form may contain ten thousand options.
    if not isinstance(ballot, (list, tuple)) or len(ballot) > len(options):
        raise InvalidBallot(_too_long(ballot))
    if method is Method.CONSENT:
        return _validate_consent(ballot, options, limits)
    if method is Method.SCORE:
        return _validate_scores(ballot, options, limits)
    if method is Method.DOTS:
        return _validate_dots(ballot, options, limits)
    if method.is_ranked:
        return _validate_ranking(ballot, options, limits, ties=method is Method.SCHULZE)
    if method is Method.ONE:
        limits = Limits(at_least=1, at_most=1)
    if len(ballot) == 1 and type(ballot[0]) is int and ballot[0] in limits.alone & options:
        return tuple(ballot)
    _check_options(ballot, options, limits)
    if limits.alone.intersection(ballot):
        raise InvalidBallot("You chose an option that stands alone. Choose only that one, or only others.")
    return tuple(sorted(ballot))


def from_ranks(ranks: Mapping[int, int], options: Collection[int]) -> Ballot:
    """The ballot of a form with a rank for each option (1 is the best). Call `validate` next.

    A skipped rank becomes an empty group, which `validate` refuses. Raises InvalidBallot for a rank below 1 or above
    the number of options.
    """
    if any(not 1 <= rank <= len(options) for rank in ranks.values()):
        raise InvalidBallot(f"Choose ranks from 1 to {len(options)}.")
    groups: list[list[int]] = [[] for _ in range(max(ranks.values(), default=0))]
    for option, rank in ranks.items():
        groups[rank - 1].append(option)
    return tuple(tuple(sorted(group)) for group in groups)


def relabel(method: Method, ballot: Iterable[Any], options: Mapping[int, int]) -> Ballot:
    """The ballot with `options[option]` for each option, sorted again. Raises KeyError for other options."""
    if method is Method.CONSENT:
        option, *reason = ballot
        return (options[option], *reason)
    if method.has_numbers:
        return tuple(sorted((options[option], number) for option, number in ballot))
    if method.is_ranked:
        return tuple(tuple(sorted(options[option] for option in group)) for group in ballot)
    return tuple(sorted(options[option] for option in ballot))


def freeze(stored: Iterable[Any]) -> Ballot:
    """A stored ballot with tuples for its JSON lists. It was validated before it was stored."""
    return tuple(tuple(mark) if isinstance(mark, list) else mark for mark in stored)


def _too_long(ballot: object) -> str:
    if isinstance(ballot, (list, tuple)):
        return "Your ballot marks more options than this poll has. Reload the page and vote again."
    return UNREADABLE


def _check_options(marked: Sequence[Any], options: frozenset[int], limits: Limits) -> None:
    if not all(type(option) is int for option in marked):
        raise InvalidBallot(UNREADABLE)
    if not options.issuperset(marked):
        raise InvalidBallot(
            "Your ballot has an option that is not in this poll. Reload the page and vote again."
        )
    if len(set(marked)) < len(marked):
        raise InvalidBallot("Your ballot marks the same option more than once. Mark each option once.")
    most = len(options) if limits.at_most is None else limits.at_most
    if limits.at_least == most and len(marked) != most:
        raise InvalidBallot(f"Choose exactly {_options(most)}.")
    if len(marked) < limits.at_least:
        raise InvalidBallot(f"Choose at least {_options(limits.at_least)}.")
    if len(marked) > most:
        raise InvalidBallot(f"Choose at most {_options(most)}.")


def _validate_scores(ballot: Sequence[Any], options: frozenset[int], limits: Limits) -> Ballot:
    if not all(isinstance(mark, (list, tuple)) and len(mark) == 2 for mark in ballot):
        raise InvalidBallot(UNREADABLE)
    _check_options([option for option, _ in ballot], options, limits)
    if not all(type(score) is int and limits.lowest <= score <= limits.highest for _, score in ballot):
        raise InvalidBallot(f"Choose scores from {limits.lowest} to {limits.highest}.")
    return tuple(sorted((option, score) for option, score in ballot))


def _validate_dots(ballot: Sequence[Any], options: frozenset[int], limits: Limits) -> Ballot:
    if not all(isinstance(mark, (list, tuple)) and len(mark) == 2 for mark in ballot):
        raise InvalidBallot(UNREADABLE)
    given = [(option, dots) for option, dots in ballot if dots != 0]
    _check_options([option for option, _ in given], options, Limits())
    if not all(type(dots) is int and 0 < dots <= limits.dots for _, dots in given):
        raise InvalidBallot(f"Give each option from 0 to {limits.dots} dots.")
    if (total := sum(dots for _, dots in given)) > limits.dots:
        raise InvalidBallot(f"You gave {total} dots, and you have {limits.dots}. Take some back.")
    return tuple(sorted(given))


def _validate_consent(ballot: Sequence[Any], options: frozenset[int], limits: Limits) -> Ballot:
    chosen, reasons = ballot[:1], ballot[1:]
    _check_options(chosen, options, Limits(at_most=1))
    if chosen[0] != limits.objection:
        return tuple(chosen)
    reason = " ".join(reasons[0].split()) if reasons and isinstance(reasons[0], str) else ""
    if not reason:
        raise InvalidBallot("Give the reason for your objection, so that the proposal can be improved.")
    if len(reason) > REASON_LENGTH:
        raise InvalidBallot(f"Shorten your reason to at most {REASON_LENGTH} characters.")
    return chosen[0], reason


def _validate_ranking(ballot: Sequence[Any], options: frozenset[int], limits: Limits, ties: bool) -> Ballot:
    if not all(isinstance(group, (list, tuple)) and len(group) <= len(options) for group in ballot):
        raise InvalidBallot(UNREADABLE)
    _check_options(list(chain.from_iterable(ballot)), options, limits)
    if not ties:
        _refuse_ties_and_gaps(ballot)
    return tuple(tuple(sorted(group)) for group in ballot if group)


def _refuse_ties_and_gaps(ballot: Sequence[Any]) -> None:
    for rank, group in enumerate(ballot, start=1):
        if len(group) > 1:
            raise InvalidBallot(
                f"You gave rank {rank} to {len(group)} options. Give each option its own rank."
            )
        if not group:
            raise InvalidBallot(f"Rank {rank} is missing. Number your choices 1, 2, 3 without a gap.")


def _options(number: int) -> str:
    return "one option" if number == 1 else f"{number} options"
