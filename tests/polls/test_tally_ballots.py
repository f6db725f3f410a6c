"""What a ballot may say, and the sentence that answers one that may not."""

import pytest

from polls.tally import InvalidBallot, Limits, Method, freeze, from_ranks, validate

OPTIONS = (3, 5, 8, 9)


@pytest.mark.parametrize(
    ("method", "ballot", "counted"),
    [
        (Method.ONE, [8], (8,)),
        (Method.SEVERAL, [8, 3], (3, 8)),
        (Method.APPROVAL, (9, 8, 5, 3), (3, 5, 8, 9)),
        (Method.SCORE, [[8, 0], [3, 5]], ((3, 5), (8, 0))),
        (Method.RUNOFF, [[8], [3]], ((8,), (3,))),
        (Method.SCHULZE, [[9, 8], [], [3]], ((8, 9), (3,))),
    ],
)
def test_a_good_ballot_is_put_in_its_one_form_and_survives_json(method, ballot, counted):
    assert validate(ballot, method, OPTIONS) == counted
    assert freeze([list(mark) if isinstance(mark, tuple) else mark for mark in counted]) == counted


@pytest.mark.parametrize(
    ("method", "ballot", "sentence"),
    [
        (Method.ONE, [], "Choose exactly one option."),
        (Method.ONE, [3, 5], "Choose exactly one option."),
        (Method.ONE, [4], "That ballot names an option that is not in this poll."),
        (Method.ONE, "8", "That ballot could not be read."),
        (Method.ONE, ["8"], "That ballot could not be read."),
        (Method.ONE, [True], "That ballot could not be read."),
        (Method.ONE, [[3]], "That ballot could not be read."),
        (Method.APPROVAL, [], "Choose at least one option."),
        (Method.APPROVAL, [3, 3], "The same option is marked more than once."),
        (Method.APPROVAL, list(range(10_000)), "That ballot marks more options than this poll has."),
        (Method.SCORE, [[3, 6]], "Scores are whole numbers from 0 to 5."),
        (Method.SCORE, [[3, -1]], "Scores are whole numbers from 0 to 5."),
        (Method.SCORE, [[3, 4.5]], "Scores are whole numbers from 0 to 5."),
        (Method.SCORE, [[3, 4], [3, 5]], "The same option is marked more than once."),
        (Method.SCORE, [3, 5], "That ballot could not be read."),
        (Method.RUNOFF, [[3], [5, 8]], "Rank 2 is given to 2 options; give each its own."),
        (Method.RUNOFF, [[3], [], [5]], "Rank 2 is missing; number your choices 1, 2, 3 without a gap."),
        (Method.RUNOFF, [[3], [3]], "The same option is marked more than once."),
        (Method.RUNOFF, [[7]], "That ballot names an option that is not in this poll."),
        (Method.RUNOFF, [], "Choose at least one option."),
        (Method.SCHULZE, [[3, 5], [5]], "The same option is marked more than once."),
        (Method.SCHULZE, [3], "That ballot could not be read."),
        (Method.SCHULZE, [list(range(10_000))], "That ballot could not be read."),
    ],
)
def test_a_bad_ballot_is_answered_with_one_sentence(method, ballot, sentence):
    with pytest.raises(InvalidBallot) as refusal:
        validate(ballot, method, OPTIONS)
    assert str(refusal.value) == sentence


def test_several_choices_keep_to_the_limits_of_the_poll():
    limits = Limits(at_least=2, at_most=3)
    assert validate([3, 5], Method.SEVERAL, OPTIONS, limits) == (3, 5)
    assert validate([3, 5, 8], Method.SEVERAL, OPTIONS, limits) == (3, 5, 8)
    with pytest.raises(InvalidBallot, match="Choose at least 2 options"):
        validate([3], Method.SEVERAL, OPTIONS, limits)
    with pytest.raises(InvalidBallot, match="Choose at most 3 options"):
        validate([3, 5, 8, 9], Method.SEVERAL, OPTIONS, limits)


def test_a_poll_may_allow_a_blank_ballot():
    assert validate([], Method.APPROVAL, OPTIONS, Limits(at_least=0)) == ()
    assert validate([], Method.SCHULZE, OPTIONS, Limits(at_least=0)) == ()


def test_a_form_of_ranks_becomes_a_ballot_and_its_gaps_are_seen():
    assert from_ranks({3: 2, 8: 1, 5: 2}, OPTIONS) == ((8,), (3, 5))
    assert from_ranks({}, OPTIONS) == ()
    with pytest.raises(InvalidBallot, match="Rank 1 is missing"):
        validate(from_ranks({3: 2}, OPTIONS), Method.RUNOFF, OPTIONS)
    assert validate(from_ranks({3: 2}, OPTIONS), Method.SCHULZE, OPTIONS) == ((3,),)


@pytest.mark.parametrize("rank", [0, -1, 5, 10**9])
def test_a_rank_outside_the_list_is_refused_before_anything_is_built(rank):
    with pytest.raises(InvalidBallot, match="Ranks run from 1 to 4"):
        from_ranks({3: rank}, OPTIONS)
