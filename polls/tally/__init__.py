"""The counting rules: pure functions that validate ballots, count them and compute results.

Imports neither Django nor any other package of the project; start with `count`.
"""

# A ballot is a nested tuple of option ids (see `ballots`). A tally maps short texts to whole numbers (see `count`).
# Redis stores it in the same form, so a ballot is added there with one HINCRBY per cell.

from polls.tally.ballots import Ballot, InvalidBallot, Limits, Method, freeze, from_ranks, relabel, validate
from polls.tally.choice import ChoiceResult
from polls.tally.consent import ConsentResult
from polls.tally.count import Result, Tally, cells
from polls.tally.decision import Decision, Majority, Rule, decide
from polls.tally.dots import DotsResult
from polls.tally.runoff import Round, RunoffResult, Tie
from polls.tally.schulze import SchulzeResult
from polls.tally.score import OptionScore, ScoreResult
from polls.tally.stv import SeatRound, SeatsResult
from polls.tally.terms import Terms

__all__ = [
    "Ballot",
    "ChoiceResult",
    "ConsentResult",
    "Decision",
    "DotsResult",
    "InvalidBallot",
    "Limits",
    "Majority",
    "Method",
    "OptionScore",
    "Result",
    "Round",
    "Rule",
    "RunoffResult",
    "SchulzeResult",
    "ScoreResult",
    "SeatRound",
    "SeatsResult",
    "Tally",
    "Terms",
    "Tie",
    "cells",
    "decide",
    "freeze",
    "from_ranks",
    "relabel",
    "validate",
]
