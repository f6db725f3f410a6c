"""Valid ballots, and the sentences that refuse invalid ones."""

import pytest

from polls.tally import InvalidBallot, Limits, Method, freeze, from_ranks, validate

OPTIONS = (3, 5, 8, 9)
UNREADABLE = "Your ballot could not be read. Reload the page and vote again."


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
        (
            Method.ONE,
            [4],
            "Your ballot has an option that is not in this poll. Reload the page and vote again.",
        ),
        (Method.ONE, "8", UNREADABLE),
        (Method.ONE, ["8"], UNREADABLE),
        (Method.ONE, [True], UNREADABLE),
        (Method.ONE, [[3]], UNREADABLE),
        (Method.APPROVAL, [], "Choose at least one option."),
        (Method.APPROVAL, [3, 3], "Your ballot marks the same option more than once. Mark each option once."),
        (
            Method.APPROVAL,
            list(range(10_000)),
            "Your ballot marks more options than this poll has. Reload the page and vote again.",
        ),
        (Method.SCORE, [[3, 6]], "Choose scores from 0 to 5."),
        (Method.SCORE, [[3, -1]], "Choose scores from 0 to 5."),
        (Method.SCORE, [[3, 4.5]], "Choose scores from 0 to 5."),
        (
            Method.SCORE,
            [[3, 4], [3, 5]],
            "Your ballot marks the same option more than once. Mark each option once.",
        ),
        (Method.SCORE, [3, 5], UNREADABLE),
        (Method.RUNOFF, [[3], [5, 8]], "You gave rank 2 to 2 options. Give each option its own rank."),
        (Method.RUNOFF, [[3], [], [5]], "Rank 2 is missing. Number your choices 1, 2, 3 without a gap."),
        (
            Method.RUNOFF,
            [[3], [3]],
            "Your ballot marks the same option more than once. Mark each option once.",
        ),
        (
            Method.RUNOFF,
            [[7]],
            "Your ballot has an option that is not in this poll. Reload the page and vote again.",
        ),
        (Method.RUNOFF, [], "Choose at least one option."),
        (
            Method.SCHULZE,
            [[3, 5], [5]],
            "Your ballot marks the same option more than once. Mark each option once.",
        ),
        (Method.SCHULZE, [3], UNREADABLE),
        (Method.SCHULZE, [list(range(10_000))], UNREADABLE),
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
    with pytest.raises(InvalidBallot, match="Choose ranks from 1 to 4"):
        from_ranks({3: rank}, OPTIONS)
