"""A debate from its announcement to its end: which acts are allowed, when and by whom."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from forums.access import permissions
from forums.access.refusal import Refused
from forums.debates import transitions
from forums.models import Debate, SlowMode, Topic
from forums.models.debates.debate import NotNow
from tests.forums.debates.conftest import HOUR


def test_an_announcement_closes_the_topic_until_the_start(coming, limes, opening, ben, mod, fresh):
    topic = fresh(limes)
    assert (topic.debate_from, topic.debate_until) == (coming.starts_at, coming.ends_at)
    assert topic.version == limes.version + 1
    with pytest.raises(Refused, match="Its debate begins on"):
        topic.reply(author=ben, parent=opening, body="Already?", token=uuid4())
    assert topic.reply(author=mod, parent=opening, body="Soon.", token=uuid4()).seq == 2


def test_replies_are_taken_from_the_start_to_the_end_to_the_second(announce, opening, ben, fresh, limes):
    debate = announce(-2, -1)
    times = {
        debate.starts_at - timedelta(microseconds=1): None,
        debate.starts_at: 2,
        debate.ends_at - timedelta(microseconds=1): 3,
        debate.ends_at: None,
    }
    for at, expected in times.items():
        topic = fresh(limes)
        try:
            seq = topic.reply(author=ben, parent=opening, body=f"At {at}.", token=uuid4(), at=at).seq
        except Refused:
            seq = None
        assert seq == expected, at


def test_the_same_announcement_twice_is_one_and_another_is_refused(announce, coming, limes, mod):
    said = {"starts_at": coming.starts_at, "ends_at": coming.ends_at, "question": coming.question}
    assert Debate.announce(limes, by=mod, **said) == coming
    with pytest.raises(NotNow):
        announce(3, 4)
    assert Debate.objects.get().starts_at == coming.starts_at


def test_it_begins_by_the_clock_and_once(announce, limes, fresh):
    debate = announce(1, 2)
    assert transitions.turn_due() == 0
    Debate.objects.update(starts_at=timezone.now())
    version = fresh(limes).version
    assert (transitions.turn_due(), transitions.turn_due()) == (1, 0)
    debate.refresh_from_db()
    assert (debate.started_at, debate.ended_at) == (debate.starts_at, None)
    assert fresh(limes).version == version + 1


def test_it_ends_by_the_clock_locked_and_summed_up(over, limes, fresh):
    assert (transitions.turn_due(), transitions.turn_due()) == (1, 0)
    over.refresh_from_db()
    assert (over.started_at, over.ended_at, over.ended_by) == (over.starts_at, over.ends_at, None)
    assert over.summary["seconds"] == 3600
    topic = fresh(limes)
    assert (topic.locked_at, topic.locked_by) == (over.ends_at, None)
    assert (topic.debate_from, topic.debate_until) == (over.starts_at, None)


def test_one_that_cannot_be_turned_does_not_hold_up_the_others(announce, open_topic, monkeypatch):
    broken, sound = announce(-2, -1, topic=open_topic("One")), announce(-2, -1, topic=open_topic("Two"))
    end = Debate.end

    def fail(debate, **said):
        if debate.pk == broken.pk:
            raise RuntimeError
        end(debate, **said)

    monkeypatch.setattr(Debate, "end", fail)
    assert transitions.turn_due() == 1
    assert [Debate.objects.get(pk=each.pk).ended_at is not None for each in (broken, sound)] == [False, True]


@pytest.mark.parametrize("who", ["visitor", "ben", "mod"])
def test_whoever_looks_first_after_its_time_settles_it(who, over, limes, sign_in, visitor, request):
    browser = visitor if who == "visitor" else sign_in(request.getfixturevalue(who))
    assert "takes no more replies" in browser.get(limes.get_absolute_url()).text or who == "mod"
    over.refresh_from_db()
    assert over.ended_at == over.ends_at


def test_a_moderator_ends_it_early(running, limes, mod, fresh):
    running.end(by=mod)
    running.refresh_from_db()
    assert running.is_over and running.ended_at < running.ends_at
    assert (running.ended_by, fresh(limes).locked_by) == (mod, mod)


def test_an_end_that_was_moved_meanwhile_does_not_happen(announce, limes, fresh):
    stale = announce(-2, -0.001)
    Debate.objects.update(ends_at=timezone.now() + HOUR)
    stale.end()
    assert Debate.objects.get().ended_at is None
    assert not fresh(limes).is_locked


def test_it_moves_freely_until_it_begins(coming, limes, fresh):
    Debate.objects.update(warned_at=timezone.now())
    starts, ends = coming.starts_at + HOUR, coming.ends_at + 2 * HOUR
    coming.change(starts_at=starts, ends_at=ends)
    debate, topic = Debate.objects.get(), fresh(limes)
    assert (debate.starts_at, debate.ends_at, debate.revision, debate.warned_at) == (starts, ends, 1, None)
    assert (topic.debate_from, topic.debate_until) == (starts, ends)
    debate.change(starts_at=starts, ends_at=ends)
    assert Debate.objects.get().revision == 1


def test_while_it_runs_the_end_moves_to_later_and_nothing_else(running, limes, fresh):
    starts, ends = running.starts_at, running.ends_at
    for wrong in ((starts, ends - HOUR / 2), (starts - HOUR, ends), (starts + HOUR / 2, ends)):
        with pytest.raises(NotNow):
            running.change(starts_at=wrong[0], ends_at=wrong[1])
    running.change(starts_at=starts, ends_at=ends + HOUR)
    assert fresh(limes).debate_until == ends + HOUR


def test_the_question_changes_until_the_end(coming, limes, fresh):
    version = fresh(limes).version
    coming.ask("And who waters them?")
    coming.ask("And who waters them?")
    assert (Debate.objects.get().question, fresh(limes).version) == ("And who waters them?", version + 1)
    Debate.objects.update(starts_at=timezone.now() - 2 * HOUR, ends_at=timezone.now())
    with pytest.raises(NotNow):
        coming.ask("Too late?")
    assert Debate.objects.get().question == "And who waters them?"


def test_it_is_called_off_before_it_begins_and_not_afterwards(coming, limes, opening, ben, mod, stand, fresh):
    stand(coming, ben, "for")
    SlowMode.impose(limes, seconds=60, by=mod)
    coming.cancel()
    topic = fresh(limes)
    assert (topic.debate_from, topic.debate_until, topic.is_slow) == (None, None, False)
    assert not Debate.objects.exists()
    assert topic.reply(author=ben, parent=opening, body="Then now.", token=uuid4()).seq == 2


def test_what_runs_is_ended_and_not_called_off(running, mod):
    with pytest.raises(NotNow):
        running.cancel()
    running.end(by=mod)
    with pytest.raises(NotNow):
        running.cancel()
    assert Debate.objects.get().ended_at


def test_what_has_not_begun_cannot_end(coming, mod):
    with pytest.raises(NotNow):
        coming.end(by=mod)
    assert Debate.objects.get().ended_at is None


def test_the_end_lifts_slow_mode_and_keeps_a_lock_that_was_there(running, limes, mod, cleo, fresh):
    SlowMode.impose(limes, seconds=60, by=mod)
    Topic.objects.filter(pk=limes.pk).update(locked_at=running.starts_at, locked_by=cleo)
    running.end(by=mod)
    topic = fresh(limes)
    assert (topic.is_slow, topic.locked_at, topic.locked_by) == (False, running.starts_at, cleo)


def test_authors_announce_while_nobody_has_answered(limes, opening, ada, ben, mod, say, fresh):
    assert [permissions.may_announce(member, limes) for member in (ada, ben, mod)] == [True, False, True]
    say(opening)
    answered = fresh(limes)
    assert [permissions.may_announce(member, answered) for member in (ada, ben, mod)] == [False, False, True]


def test_until_the_start_the_author_mends_the_opening(coming, opening, ada, ben, limes, fresh):
    opening.topic = fresh(limes)
    assert permissions.may_edit(ada, opening)
    assert not permissions.may_reply(ada, opening.topic)
    assert not permissions.may_edit(ben, opening)
