"""Scores from 0 to 5: the highest mean leads, and an option left blank is given the lowest score, 0.

Source: score voting as defined by the Equal Vote Coalition and used for the first count of STAR voting
(Mark Frohnmayer, 2014): add up each option's stars, a blank being no stars. A blank that counted as "no
opinion" would let an option that a single friend scored 5 beat one that three hundred members scored 4.8;
here the mean is over all ballots, so the order by mean and the order by total are one. How many gave each
score, and how many left it blank, is reported beside it.

Tie rule: all options with the highest total lead together. With no scores given none leads.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from polls.tally.ballots import Ballot


@dataclass(frozen=True)
class OptionScore:
    """`total` of points, `given` scores (the other ballots left it blank), `mean` over all ballots (0.0
    when there are none), and `distribution`: how many gave each score that was given, by score."""

    total: int
    given: int
    mean: float
    distribution: dict[int, int]


@dataclass(frozen=True)
class ScoreResult:
    """`scores` by option; `leaders` the options with the highest total, all of them where they tie."""

    ballots: int
    scores: dict[int, OptionScore]
    leaders: tuple[int, ...]


def cells(ballot: Ballot) -> list[str]:
    """A cell for each scored option: `"option:score"`."""
    return [f"{option}:{score}" for option, score in ballot]


def result(cells: Mapping[str, int], options: Collection[int]) -> ScoreResult:
    """The scores of every option, in the order of `options`. Tie rule: leaders share the lead."""
    ballots = cells.get("ballots", 0)
    distributions = _distributions(cells, options)
    scores = {option: _option_score(distributions[option], ballots) for option in options}
    most = max((score.total for score in scores.values() if score.given), default=None)
    leaders = tuple(sorted(option for option, score in scores.items() if score.given and score.total == most))
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
