"""The counting rules: pure functions that validate ballots, count them and compute results.

Imports neither Django nor any other package of the project; start with `count`.
"""

# A ballot is a nested tuple of option ids (see `ballots`). A tally maps short texts to whole numbers (see `count`).
# Redis stores it in the same form, so a ballot is added there with one HINCRBY per cell.

from polls.tally.ballots import Ballot, InvalidBallot, Limits, Method, freeze, from_ranks, validate
from polls.tally.choice import ChoiceResult
from polls.tally.count import Result, Tally, cells
from polls.tally.runoff import Round, RunoffResult, Tie
from polls.tally.schulze import SchulzeResult
from polls.tally.score import OptionScore, ScoreResult

__all__ = [
    "Ballot",
    "ChoiceResult",
    "InvalidBallot",
    "Limits",
    "Method",
    "OptionScore",
    "Result",
    "Round",
    "RunoffResult",
    "SchulzeResult",
    "ScoreResult",
    "Tally",
    "Tie",
    "cells",
    "freeze",
    "from_ranks",
    "validate",
]
