"""Each rule, on elections small enough to count by hand."""

import pytest

from polls.tally import Method, OptionScore, Round, Tally, Terms, Tie, cells, runoff

A, B, C, D, E = 1, 2, 3, 4, 5


def ranked(order):
    """`"A>B=C"` as a ballot."""
    ids = {"A": A, "B": B, "C": C, "D": D, "E": E}
    return tuple(tuple(ids[name] for name in group.split("=")) for group in order.split(">"))


def count(method, options, ballots, seed=""):
    """The result of ballots given as order and number of voters."""
    tally = Tally.empty(method, options, Terms(seed))
    for order, voters in ballots.items():
        tally.add(ranked(order), voters)
    return tally.result()


def test_several_choices_count_marks_and_shares_are_of_voters():
    result = Tally.of(Method.SEVERAL, [A, B, C], [(A, B), (A,), (A, B), (B,)]).result()
    assert result.ballots == 4
    assert result.counts == {A: 3, B: 3, C: 0}
    assert result.leaders == (A, B)
    assert [result.share(option) for option in (A, B, C)] == [0.75, 0.75, 0.0]


@pytest.mark.parametrize("method", list(Method))
def test_without_ballots_nobody_leads(method):
    result = Tally.empty(method, [A, B]).result()
    assert result.ballots == 0
    if method is Method.RUNOFF:
        assert (result.winner, result.rounds) == (None, ())
    elif method is Method.SCHULZE:
        assert (result.winners, result.condorcet_winner) == ((), None)
    elif method.has_seats:
        assert (result.winners, result.rounds) == ((), ())
    else:
        assert result.leaders == ()


def test_a_blank_score_adds_no_points_and_differs_from_a_zero():
    ballots = [((A, 5), (B, 4)), ((B, 4),), ((A, 0), (B, 4))]
    result = Tally.of(Method.SCORE, [A, B, C], ballots).result()
    assert result.scores == {
        A: OptionScore(total=5, given=2, mean=5 / 3, distribution={0: 1, 5: 1}),
        B: OptionScore(total=12, given=3, mean=4.0, distribution={4: 3}),
        C: OptionScore(total=0, given=0, mean=0.0, distribution={}),
    }
    assert result.leaders == (B,)


def test_dots_add_up_and_shares_are_of_dots():
    result = Tally.of(Method.DOTS, [A, B, C], [((A, 3), (B, 1)), ((B, 4),)]).result()
    assert (result.counts, result.givers, result.leaders) == ({A: 3, B: 5, C: 0}, {A: 1, B: 2, C: 0}, (B,))
    assert result.share(B) == 5 / 8


@pytest.mark.parametrize(
    ("ballots", "objections", "is_accepted"),
    [([(A,), (A,), (B,)], 0, True), ([(A,)] * 9 + [(C, "It floods.")], 1, False), ([(B,)], 0, False)],
)
def test_one_objection_blocks_a_consent(ballots, objections, is_accepted):
    terms = Terms(barred=frozenset([B]), objection=C)
    result = Tally.of(Method.CONSENT, [A, B, C], ballots, terms).result()
    assert (result.objections, result.is_accepted) == (objections, is_accepted)


def test_a_barred_option_counts_and_never_leads():
    terms = Terms(barred=frozenset([C]))
    result = Tally.of(Method.ONE, [A, B, C], [(C,), (C,), (A,)], terms).result()
    assert (result.counts, result.leaders) == ({A: 1, B: 0, C: 2}, (A,))


def test_a_majority_of_first_choices_ends_a_runoff_at_once():
    result = count(Method.RUNOFF, [A, B, C], {"A>B": 6, "B>C": 3, "C": 2})
    assert result.rounds == (Round(1, {A: 6, B: 3, C: 2}, exhausted=0),)
    assert result.winner == A


def test_votes_of_eliminated_options_move_on_or_are_spent():
    result = count(Method.RUNOFF, [A, B, C], {"A>B": 8, "B>A": 7, "C>B": 5, "C": 1})
    first, second = result.rounds
    assert (first.counts, first.defeated) == ({A: 8, B: 7, C: 6}, (C,))
    assert (first.transfers, first.spent) == ({C: {B: 5}}, {C: 1})
    assert (second.counts, second.exhausted, second.defeated) == ({A: 8, B: 12}, 1, ())
    assert result.winner == B


def test_all_options_that_cannot_win_are_eliminated_together():
    result = count(Method.RUNOFF, [A, B, C, D, E], {"A": 10, "B": 9, "C>B": 3, "D>B": 2})
    assert [one.defeated for one in result.rounds] == [(C, D, E), ()]
    assert result.rounds[0].tie is None
    assert result.winner == B


def test_a_tie_at_the_bottom_looks_back_to_the_latest_round_that_differs():
    result = count(Method.RUNOFF, [A, B, C, D], {"A": 7, "B": 5, "C": 4, "D>C": 1})
    assert result.rounds[1].counts == {A: 7, B: 5, C: 5}
    assert result.rounds[1].tie == Tie((B, C), told_apart_by=1)
    assert result.rounds[1].defeated == (C,)
    assert result.winner == A


def test_of_two_earlier_rounds_that_differ_the_later_one_decides():
    moves = {"A": 25, "B": 10, "C": 11, "D": 1, "D>B": 2, "D>C": 3, "E": 3, "E>B": 2}
    result = count(Method.RUNOFF, [A, B, C, D, E], moves)
    assert [(one.counts[B], one.counts[C]) for one in result.rounds[:3]] == [(10, 11), (12, 11), (14, 14)]
    assert result.rounds[2].tie == Tie((B, C), told_apart_by=2)
    assert result.rounds[2].defeated == (C,)


def test_a_tie_in_every_round_is_drawn_by_the_published_seed():
    ballots = {"A": 3, "B": 3}
    drawn = {seed: count(Method.RUNOFF, [A, B], ballots, seed) for seed in map(str, range(20))}
    assert {result.winner for result in drawn.values()} == {A, B}
    for seed, result in drawn.items():
        assert result.rounds[0].tie == Tie((A, B), told_apart_by=None)
        assert count(Method.RUNOFF, [B, A], ballots, seed) == result


def test_an_overvoted_rank_is_skipped():
    assert cells(Method.RUNOFF, ranked("A=B>C")) == ["ballots", "3"]
    assert cells(Method.RUNOFF, ((A, B),)) == ["ballots", "-"]


def test_blank_ballots_are_turnout_and_never_exhausted():
    tally = Tally.of(Method.RUNOFF, [A, B], [(), (), ((A,),)])
    assert tally.result() == runoff.RunoffResult(3, 2, (Round(1, {A: 1, B: 0}, 0),), A)


def test_options_set_aside_are_eliminated_first_and_cannot_win():
    tally = Tally.of(Method.RUNOFF, [A, B, C], [ranked("A>B")] * 6 + [ranked("B")] * 3 + [ranked("C")])
    assert tally.result().winner == A
    result = runoff.result(tally.cells, tally.options, Terms(barred=frozenset([A])))
    assert (result.rounds[0].defeated, result.winner) == ((A,), B)


def test_the_schulze_paper_s_first_example_gives_its_published_ranking():
    ballots = {
        "A>C>B>E>D": 5,
        "A>D>E>C>B": 5,
        "B>E>D>A>C": 8,
        "C>A>B>E>D": 3,
        "C>A>E>B>D": 7,
        "C>B>A>D>E": 2,
        "D>C>E>B>A": 7,
        "E>B>A>D>C": 8,
    }
    result = count(Method.SCHULZE, [A, B, C, D, E], ballots)
    assert result.ranking == ((E,), (A,), (C,), (B,), (D,))
    assert result.condorcet_winner is None
    assert result.wins[A] == {B: 20, C: 26, D: 30, E: 22}
    assert result.strengths[A] == {B: 28, C: 28, D: 30, E: 24}
    assert result.strengths[E] == {A: 25, B: 28, C: 28, D: 31}


def test_unranked_options_are_last_and_tied():
    result = count(Method.SCHULZE, [A, B, C, D], {"A=B": 2, "C": 1})
    assert result.wins == {
        A: {B: 0, C: 2, D: 2},
        B: {A: 0, C: 2, D: 2},
        C: {A: 1, B: 1, D: 1},
        D: {A: 0, B: 0, C: 0},
    }
    assert result.ranking == ((A, B), (C,), (D,))
    assert result.winners == (A, B)


def test_an_option_added_while_the_poll_is_open_counts_as_unranked_before():
    before = Tally.of(Method.SCHULZE, [A, B], [ranked("A>B"), ranked("B")])
    grown = Tally.from_cells(Method.SCHULZE, [A, B, C], before.cells)
    grown.add(ranked("C>A"))
    assert grown == Tally.of(Method.SCHULZE, [A, B, C], [ranked("A>B"), ranked("B"), ranked("C>A")])
    assert grown.result().wins[B] == {A: 1, C: 2}


def test_removing_a_ballot_that_was_never_added_is_refused_and_changes_nothing():
    tally = Tally.of(Method.SCHULZE, [A, B, C], [ranked("A>B")])
    before = dict(tally.cells)
    with pytest.raises(ValueError, match="not in the tally"):
        tally.remove(ranked("A>C"))
    assert dict(tally.cells) == before
    tally.remove(ranked("A>B"))
    # A Counter treats a missing cell and a zero as equal. Redis and a frozen result do not.
    assert dict(tally.cells) == {}
