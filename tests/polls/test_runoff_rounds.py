"""The rounds of a run-off name the options, and say who is eliminated and where their votes go."""

from polls.results.runoff_rounds import OPTIONS_SHOWN, OptionShown, rounds
from polls.tally import Method, Tally

WORDING = {1: "Oak", 2: "Elm", 3: "Fir"}


def runoff(ballots, options=WORDING):
    tally = Tally.empty(Method.RUNOFF, options)
    for ballot, voters in ballots.items():
        tally.add(tuple((option,) for option in ballot), voters)
    return tally.result()


TREES = rounds(runoff({(1,): 8, (2, 1): 7, (3, 2): 5, (3,): 1}), WORDING)


def test_every_round_shows_the_votes_of_each_option_by_name():
    assert [each.options for each in TREES] == [
        [OptionShown("Oak", 8, leads=True), OptionShown("Elm", 7), OptionShown("Fir", 6, is_eliminated=True)],
        [OptionShown("Elm", 12, leads=True), OptionShown("Oak", 8)],
    ]


def test_a_round_says_who_is_eliminated_and_where_the_votes_go():
    assert [(each.outcome, each.moves) for each in TREES] == [
        ("Fir is eliminated.", ["Votes of Fir: 5 to Elm, 1 had no further choice."]),
        ("Elm has the most votes.", []),
    ]


def test_bars_of_all_rounds_have_the_same_scale():
    assert [(each.ballots, each.exhausted) for each in TREES] == [(21, 0), (21, 1)]


def test_a_long_count_shows_its_first_and_its_last_rounds_and_the_best_options():
    wording = {option: f"Option {option}" for option in range(1, 17)}
    result = runoff({(option,): 10 + option for option in wording}, wording)
    shown = rounds(result, wording)
    assert len(result.rounds) > 12
    assert [each.number for each in shown] == [1, *range(len(result.rounds) - 10, len(result.rounds) + 1)]
    first = shown[0]
    assert (len(first.options), first.others) == (OPTIONS_SHOWN, 6)
    assert first.others_votes == sum(10 + option for option in range(1, 7))


def test_without_a_count_there_are_no_rounds():
    assert rounds(runoff({}), WORDING) == []
