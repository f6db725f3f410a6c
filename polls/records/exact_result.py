"""The result of a poll for its record: whole numbers, and all that a recount has to find again.

Left out is what follows from the rest, such as means and transfers.
"""

from typing import Any

from polls import tally

FIELDS: dict[type, tuple[str, ...]] = {
    tally.ChoiceResult: ("counts", "leaders"),
    tally.ConsentResult: ("counts", "leaders", "objections"),
    tally.DotsResult: ("counts", "givers", "leaders"),
    tally.ScoreResult: ("scores", "leaders"),
    tally.OptionScore: ("total", "given", "distribution"),
    tally.RunoffResult: ("blank", "rounds", "winner"),
    tally.Round: ("counts", "exhausted", "defeated"),
    tally.SchulzeResult: ("wins", "strengths", "ranking", "condorcet_winner"),
    tally.SeatsResult: ("unit", "blank", "rounds", "winners"),
    tally.SeatRound: ("counts", "exhausted", "quota", "elected", "transferred", "defeated"),
}


def exact(value: Any) -> Any:
    """The result, or a part of it, in JSON types. The keys of dicts are texts."""
    if fields := FIELDS.get(type(value)):
        return {name: exact(getattr(value, name)) for name in fields}
    if isinstance(value, dict):
        return {str(key): exact(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [exact(each) for each in value]
    return value
