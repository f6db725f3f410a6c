"""Says the result of a poll in one sentence, for notifications and lists."""

from django.utils.text import get_text_list

from polls import tally


def sentence(poll, result: tally.Result) -> str:
    """The result, such as "Result: Oak." or "Not passed."; empty without ballots. Loads the options."""
    if not result.ballots:
        return ""
    decision = poll.decide(result)
    names = _winners(poll, result)
    if decision is not None:
        return f"{'Passed' if decision.has_passed else 'Not passed'}{f': {names}' if names else ''}."
    if isinstance(result, tally.SeatsResult):
        return f"Elected: {names}."
    return f"Result: {names}." if names else ""


def _winners(poll, result):
    wording = {option.pk: option.wording for option in poll.options.all()}
    if isinstance(result, tally.ConsentResult):
        return ""
    if isinstance(result, tally.RunoffResult):
        found = [] if result.winner is None else [result.winner]
    else:
        found = result.leaders if hasattr(result, "leaders") else result.winners
    return get_text_list([wording[option] for option in found], "and")
