"""There is one ballot per member and poll, whatever is sent and however often."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from polls.ballots import closing, voting
from polls.ballots.receipts import receipt_of
from polls.counting import ballot_count, outcome, tally_cache
from polls.models import Ballot, Poll, SecretBallot, Voter
from polls.models.poll import Frozen
from polls.tally import InvalidBallot, freeze

pytestmark = pytest.mark.django_db(transaction=True)


def stored(poll):
    """The marks of the stored ballots, in order."""
    rows = SecretBallot if poll.secret else Ballot
    return sorted(freeze(marks) for marks in rows.objects.filter(poll=poll).values_list("marks", flat=True))


def agrees(poll):
    """Whether the tally that is shown equals a count of the ballots."""
    return +outcome.cells(poll) == +ballot_count.count(poll)[0]


@pytest.fixture(params=[False, True], ids=["public", "secret"])
def poll(request, open_poll):
    return open_poll(secret=request.param, changeable=True, withdrawable=True)


def test_a_ballot_is_counted(poll, ben, cleo):
    one, two, _ = poll.option_ids
    voting.cast(poll, member=ben, marks=[two], token=uuid4())
    assert outcome.cells(poll) == {"ballots": 1, str(two): 1}
    voting.cast(poll, member=cleo, marks=[one], token=uuid4())
    assert stored(poll) == [(one,), (two,)]
    assert outcome.cells(poll) == {"ballots": 2, str(two): 1, str(one): 1}
    assert agrees(poll)


def test_the_same_form_twice_is_one_ballot_and_no_error(poll, ben):
    token = uuid4()
    for _ in range(3):
        voting.cast(poll, member=ben, marks=[poll.option_ids[0]], token=token)
    assert stored(poll) == [(poll.option_ids[0],)]
    assert outcome.cells(poll)["ballots"] == 1


def test_another_form_does_not_replace_the_ballot(poll, ben):
    one, two, _ = poll.option_ids
    voting.cast(poll, member=ben, marks=[one], token=uuid4())
    with pytest.raises(voting.VotedAlready):
        voting.cast(poll, member=ben, marks=[two], token=uuid4())
    assert stored(poll) == [(one,)]


def test_a_ballot_is_changed_over_the_one_that_was_seen(poll, ben):
    one, two, three = poll.option_ids
    first, second = uuid4(), uuid4()
    voting.cast(poll, member=ben, marks=[one], token=first)
    voting.cast(poll, member=ben, marks=[two], token=second, over=first)
    assert stored(poll) == [(two,)]
    voting.cast(poll, member=ben, marks=[two], token=second, over=first)
    with pytest.raises(voting.VotedAlready):
        voting.cast(poll, member=ben, marks=[three], token=uuid4(), over=first)
    assert stored(poll) == [(two,)]
    assert outcome.cells(poll) + outcome.cells(poll) == {"ballots": 2, str(two): 2}


def test_a_late_repetition_of_the_first_form_undoes_no_change(poll, ben):
    one, two, _ = poll.option_ids
    first, second = uuid4(), uuid4()
    voting.cast(poll, member=ben, marks=[one], token=first)
    voting.cast(poll, member=ben, marks=[two], token=second, over=first)
    with pytest.raises(voting.VotedAlready):
        voting.cast(poll, member=ben, marks=[one], token=first)
    assert stored(poll) == [(two,)]


def test_a_ballot_taken_back_leaves_nothing_and_may_be_cast_again(poll, ben):
    one, *_ = poll.option_ids
    token = uuid4()
    voting.cast(poll, member=ben, marks=[one], token=token)
    voting.withdraw(poll, member=ben, over=token)
    voting.withdraw(poll, member=ben, over=token)
    assert stored(poll) == [] and not voting.has_voted(poll, ben)
    assert +outcome.cells(poll) == {}
    voting.cast(poll, member=ben, marks=[one], token=uuid4())
    assert stored(poll) == [(one,)]
    assert agrees(poll)


def test_a_forged_key_changes_nothing(open_poll, ben, cleo):
    poll = open_poll(secret=True, withdrawable=True)
    one, two, _ = poll.option_ids
    voting.cast(poll, member=ben, marks=[one], token=uuid4())
    voting.cast(poll, member=cleo, marks=[one], token=uuid4())
    with pytest.raises(voting.VotedAlready):
        voting.cast(poll, member=ben, marks=[two], token=uuid4(), over=uuid4())
    with pytest.raises(voting.VotedAlready):
        voting.withdraw(poll, member=ben, over=uuid4())
    assert stored(poll) == [(one,), (one,)]


def test_a_form_of_somebody_else_is_refused_and_leaves_their_ballot(open_poll, ben, cleo):
    poll = open_poll(secret=True)
    token = uuid4()
    voting.cast(poll, member=ben, marks=[poll.option_ids[0]], token=token)
    with pytest.raises(voting.NotCounted):
        voting.cast(poll, member=cleo, marks=[poll.option_ids[1]], token=token)
    assert not voting.has_voted(poll, cleo)
    assert stored(poll) == [(poll.option_ids[0],)]


def test_rules_change_until_the_first_ballot_and_a_cached_poll_cannot_break_the_new_ones(
    open_poll, ada, ben, topic
):
    poll = open_poll(method="several", at_most=3)
    seen_before = Poll.objects.for_page().get(pk=poll.pk)
    poll.revise(by=ada, wordings=["Oak", "Ash"], question="Which?", method="several", at_most=1)
    with pytest.raises(InvalidBallot):
        voting.cast(seen_before, member=ben, marks=list(seen_before.option_ids), token=uuid4())
    assert stored(poll) == []
    fresh = Poll.objects.for_page().get(pk=poll.pk)
    voting.cast(fresh, member=ben, marks=[fresh.option_ids[0]], token=uuid4())
    with pytest.raises(Frozen):
        fresh.revise(by=ada, wordings=["Elm", "Yew"], question="Another?")
    assert [option.wording for option in fresh.options.all()] == ["Oak", "Ash"]


def test_a_poll_cached_before_the_close_takes_no_ballot_after_it(poll, ben, cleo):
    voting.cast(poll, member=ben, marks=[poll.option_ids[0]], token=uuid4())
    closing.close(poll)
    with pytest.raises(voting.NotCounted, match="closed"):
        voting.cast(poll, member=cleo, marks=[poll.option_ids[0]], token=uuid4())
    assert len(stored(poll)) == 1


def test_a_poll_closes_itself_when_its_time_is_over(open_poll, ben):
    poll = open_poll(closes_at=timezone.now() + timedelta(hours=1))
    voting.cast(poll, member=ben, marks=[poll.option_ids[0]], token=uuid4())
    assert closing.close_due() == 0
    Poll.objects.filter(pk=poll.pk).update(closes_at=timezone.now())
    with pytest.raises(voting.NotCounted):
        voting.cast(poll, member=ben, marks=[poll.option_ids[1]], token=uuid4())
    assert closing.close_due() == 1 and closing.close_due() == 0
    poll.refresh_from_db()
    assert poll.closed_at == poll.closes_at and poll.cells["ballots"] == 1
    assert poll.frozen_result["leaders"] == [poll.option_ids[0]]


def test_closing_twice_counts_once(poll, ada, ben):
    voting.cast(poll, member=ben, marks=[poll.option_ids[0]], token=uuid4())
    closed = closing.close(poll, by=ada)
    assert closing.close(poll).closed_at == closed.closed_at
    assert list(poll.log.values_list("event", flat=True)) == ["opened", "closed"]


def test_the_receipt_is_stored_and_the_key_is_not(open_poll, ben):
    poll = open_poll(secret=True)
    key = uuid4()
    voting.cast(poll, member=ben, marks=[poll.option_ids[0]], token=key)
    kept = SecretBallot.objects.get(poll=poll)
    assert kept.receipt == receipt_of(poll.pk, key)
    assert key not in (kept.pk, Voter.objects.get(poll=poll).pk)
    assert tally_cache.read(poll)["ballots"] == 1
