"""The rounds of an election for several seats, for templates: a table of votes, and a sentence for each round."""

from collections.abc import Mapping

from django.utils.text import get_text_list

from polls.tally import SeatRound, SeatsResult

DECIMALS = 5


def votes(parts: int, unit: int) -> str:
    """Parts of a vote as a number with at most five decimals, truncated: "1,125" or "727.02083"."""
    whole, rest = divmod(parts, unit)
    decimals = f"{rest * 10**DECIMALS // unit:0{DECIMALS}d}".rstrip("0")
    return f"{whole:,}.{decimals}" if decimals else f"{whole:,}"


def rows(result: SeatsResult, wording: Mapping[int, str]) -> list[tuple[str, bool, list[str]]]:
    """For each option its wording, whether it has a seat, and its votes by round, empty once it is eliminated.

    The winners come first, in the order of their election. Then come the others, the first eliminated last.
    """
    rounds = result.rounds
    out = {each.defeated: each.number for each in rounds if each.defeated is not None}
    last = rounds[-1].counts
    others = [option for option in rounds[0].counts if option not in result.winners]
    others.sort(key=lambda option: (-out.get(option, len(rounds) + 1), -last.get(option, 0), wording[option]))
    return [
        (
            wording[option],
            option in result.winners,
            [votes(each.counts[option], result.unit) if option in each.counts else "" for each in rounds],
        )
        for option in [*result.winners, *others]
    ]


def sentences(result: SeatsResult, wording: Mapping[int, str]) -> list[str]:
    """For each round, the sentences that say what happened in it."""
    return [" ".join(_sentences(each, result, wording)) for each in result.rounds]


def _sentences(count: SeatRound, result: SeatsResult, wording):
    if count.elected:
        names = [wording[option] for option in count.elected]
        yield f"{get_text_list(names, 'and')} {'is' if len(names) == 1 else 'are'} elected."
    if count.transferred is not None:
        surplus = count.counts[count.transferred] - count.quota
        yield f"The surplus of {wording[count.transferred]} moves on: {votes(surplus, result.unit)} votes."
    if count.defeated is not None:
        yield f"{wording[count.defeated]} is eliminated."
    if count.tie:
        tied = get_text_list([wording[option] for option in count.tie.options], "and")
        how = f"round {count.tie.told_apart_by}" if count.tie.told_apart_by else "the lot"
        yield f"{tied} were tied, and {how} decided."
