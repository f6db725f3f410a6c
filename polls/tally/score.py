"""Scores from 0 to 5: the option with the highest mean leads. A blank counts as the lowest score, 0.

Source: score voting as the Equal Vote Coalition defines it and STAR voting uses it for its first count (Mark
Frohnmayer, 2014): add up the stars of each option, where a blank adds none. If a blank meant "no opinion", an option
that one friend scored 5 would beat an option that three hundred members scored 4.8. The mean is over all ballots, so
the order by mean equals the order by total. The result also has the number of ballots with each score and with a
blank.

Tie rule: all options with the highest total lead together. Without scores no option leads.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from polls.tally.ballots import Ballot
from polls.tally.terms import PLAIN, Terms


@dataclass(frozen=True)
class OptionScore:
    """The scores of one option.

    `total` is the sum of its scores, and `given` the number of ballots that scored it; the others left it blank. `mean`
    is over all ballots, 0.0 without any. `distribution` maps each given score to its number of ballots.
    """

    total: int
    given: int
    mean: float
    distribution: dict[int, int]


@dataclass(frozen=True)
class ScoreResult:
    """The scores by option. `leaders` are the options with the highest total, more than one if they tie."""

    ballots: int
    scores: dict[int, OptionScore]
    leaders: tuple[int, ...]


def cells(ballot: Ballot) -> list[str]:
    """One cell per scored option: `"option:score"`."""
    return [f"{option}:{score}" for option, score in ballot]


def result(cells: Mapping[str, int], options: Collection[int], terms: Terms = PLAIN) -> ScoreResult:
    """The scores of each option, in the order of `options`."""
    ballots = cells.get("ballots", 0)
    distributions = _distributions(cells, options)
    scores = {option: _option_score(distributions[option], ballots) for option in options}
    free = {option: score for option, score in scores.items() if score.given and option not in terms.barred}
    most = max((score.total for score in free.values()), default=None)
    leaders = tuple(sorted(option for option, score in free.items() if score.total == most))
    return ScoreResult(ballots, scores, leaders)


def _distributions(cells: Mapping[str, int], options: Collection[int]) -> dict[int, dict[int, int]]:
    distributions: dict[int, dict[int, int]] = {option: {} for option in options}
    for cell, count in cells.items():
        option, colon, score = cell.partition(":")
        if colon and count:
            distributions[int(option)][int(score)] = count
    return {option: dict(sorted(spread.items())) for option, spread in distributions.items()}


def _option_score(distribution: dict[int, int], ballots: int) -> OptionScore:
    total = sum(score * count for score, count in distribution.items())
    given = sum(distribution.values())
    return OptionScore(total, given, total / ballots if ballots else 0.0, distribution)
