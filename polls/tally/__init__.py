"""Counting, without Django: ballots go in, a compact tally is kept, and each method's rule reads its result
from it.

A ballot is a plain nested tuple of option ids (see `ballots`). A tally is a bag of whole numbers under
short text names (see `count`), which is also what Redis keeps, so that adding a ballot there is one HINCRBY
for each of its cells.
"""

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
