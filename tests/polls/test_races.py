"""Members vote twice at the same time: by double clicks, in two tabs and on two servers."""

from collections import Counter
from uuid import uuid4

import pytest

from forums.access.refusal import Refused
from forums.models import Topic
from forums.moderation.acts import merging
from polls.ballots import closing, voting
from polls.counting import ballot_count, outcome
from polls.models import Ballot, Poll, SecretBallot, Voter
from polls.models.poll import Frozen
from tests.concurrency import run_concurrently
from tests.overlap import before_commit

pytestmark = pytest.mark.django_db(transaction=True)


def agrees(poll):
    return +outcome.cells(poll) == +ballot_count.count(poll)[0]


@pytest.mark.parametrize("secret", [False, True])
def test_a_double_click_is_one_ballot_and_the_same_answer(secret, open_poll, ben):
    poll, token = open_poll(secret=secret), uuid4()
    marks = [poll.option_ids[0]]
    answers = run_concurrently(*[lambda: voting.cast(poll, member=ben, marks=marks, token=token)] * 8)
    assert answers == [None] * 8
    assert (SecretBallot if secret else Ballot).objects.count() == 1
    assert outcome.cells(poll)["ballots"] == 1 and agrees(poll)


@pytest.mark.parametrize("secret", [False, True])
def test_of_two_tabs_that_disagree_one_wins_and_the_other_gets_a_sentence(secret, open_poll, ben):
    poll = open_poll(secret=secret)
    answers = run_concurrently(
        *[
            lambda option=option: voting.cast(poll, member=ben, marks=[option], token=uuid4())
            for option in poll.option_ids
        ]
    )
    assert Counter(answers) == {None: 1, "VotedAlready": 2}
    assert (SecretBallot if secret else Ballot).objects.count() == 1
    assert agrees(poll)


@pytest.mark.parametrize("secret", [False, True])
def test_two_servers_with_the_same_members_count_nobody_twice(secret, open_poll, crowd):
    poll = open_poll(secret=secret)
    forms = [(member, uuid4()) for member in crowd(15)]

    def serve(forms):
        for member, token in forms:
            voting.cast(poll, member=member, marks=[poll.option_ids[0]], token=token)

    assert (
        run_concurrently(lambda: serve(forms), lambda: serve(forms[::-1]), lambda: serve(forms)) == [None] * 3
    )
    assert (Voter if secret else Ballot).objects.count() == 15
    assert outcome.cells(poll)["ballots"] == 15 and agrees(poll)


def test_changes_over_the_same_ballot_happen_once(open_poll, ben):
    poll, first = open_poll(), uuid4()
    voting.cast(poll, member=ben, marks=[poll.option_ids[0]], token=first)
    answers = run_concurrently(
        *[
            lambda option=option: voting.cast(poll, member=ben, marks=[option], token=uuid4(), over=first)
            for option in poll.option_ids[1:]
        ]
    )
    assert Counter(answers) == {None: 1, "VotedAlready": 1}
    assert agrees(poll)


def test_the_close_counts_exactly_the_accepted_ballots(open_poll, crowd):
    poll, members = open_poll(), crowd(24)

    def vote(member):
        return lambda: voting.cast(poll, member=member, marks=[poll.option_ids[0]], token=uuid4())

    answers = run_concurrently(
        *map(vote, members[:12]), lambda: closing.close(poll), *map(vote, members[12:])
    )
    closed = Poll.objects.get(pk=poll.pk)
    assert closed.cells.get("ballots", 0) == answers.count(None) == Ballot.objects.filter(poll=poll).count()
    assert set(answers) - {None, closed} <= {"NotCounted"}


def test_a_rule_changes_before_the_first_ballot_or_not_at_all(open_poll, ada):
    for _ in range(5):
        poll = open_poll("several")
        marks = list(poll.option_ids)

        def vote(poll=poll, marks=marks, member=ada):
            voting.cast(poll, member=member, marks=marks, token=uuid4())

        def revise(poll=poll):
            Poll.objects.get(pk=poll.pk).revise(by=ada, wordings=["Oak", "Ash"], at_most=1)

        answers = run_concurrently(vote, revise)
        assert answers in ([None, Frozen.__name__], ["InvalidBallot", None])
        assert Ballot.objects.filter(poll=poll).count() == (1 if answers[0] is None else 0)


def test_a_forged_form_in_a_crowd_refuses_its_sender_alone(open_poll, crowd):
    poll, (first, *others) = open_poll(secret=True), crowd(6)
    token = uuid4()
    voting.cast(poll, member=first, marks=[poll.option_ids[0]], token=token)
    tokens = [token, *(uuid4() for _ in others[1:])]
    answers = run_concurrently(
        *[
            lambda member=member, key=key: voting.cast(
                poll, member=member, marks=[poll.option_ids[1]], token=key
            )
            for member, key in zip(others, tokens, strict=True)
        ]
    )
    assert answers == ["NotCounted", None, None, None, None]
    assert Voter.objects.count() == SecretBallot.objects.count() == 5
    assert agrees(poll)


def test_a_topic_that_is_being_merged_gets_no_poll(topic, mod, ada):
    other = Topic.open(author=ada, category=topic.category, title="Other", body="Text", token=uuid4())

    def open_in(topic):
        rules = {"method": "one", "secret": False, "results_show": "always", "question": "Which?"}
        return Poll.open(author=ada, topic=topic, wordings=["A", "B"], token=uuid4(), **rules)

    refused = before_commit(lambda: merging.merge(other, topic, by=mod), lambda: open_in(other))
    assert isinstance(refused, Refused)
    assert Poll.objects.count() == 0
    assert open_in(topic) == Poll.objects.get()
