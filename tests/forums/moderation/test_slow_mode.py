"""Slow mode is an act of moderation: it needs permission, is logged, and can be undone."""

import pytest
from django.core.exceptions import PermissionDenied

from forums.models import Action, SlowMode, Topic
from forums.models.moderation.action import NotDone
from forums.moderation import undoing
from forums.moderation.acts import slow_mode


def pace(topic, branch=None):
    mode = SlowMode.objects.filter(topic=topic, branch=branch).first()
    return mode and mode.seconds


def test_a_pace_is_set_changed_and_taken_back(limes, mod):
    slow = slow_mode.slow(limes, by=mod, seconds=60)
    assert (pace(limes), Topic.objects.get().is_slow) == (60, True)
    assert slow_mode.slow(limes, by=mod, seconds=60) is None
    slower = slow_mode.slow(limes, by=mod, seconds=300)
    with pytest.raises(NotDone, match="changed since"):
        undoing.undo(slow, by=mod)
    assert undoing.undo(slower, by=mod).verb == "topic_slowed"
    assert pace(limes) == 60
    assert undoing.undo(slow, by=mod).verb == "topic_unslowed"
    assert (pace(limes), Topic.objects.get().is_slow) == (None, False)


def test_letting_it_run_free_says_what_it_undoes(limes, mod):
    slow = slow_mode.slow(limes, by=mod, seconds=60)
    assert slow_mode.slow(limes, by=mod, seconds=0).undoes == slow
    assert slow_mode.slow(limes, by=mod, seconds=0) is None


def test_a_branch_has_a_pace_of_its_own(limes, opening, say, mod):
    branch = say(opening)
    action = slow_mode.slow(limes, by=mod, seconds=60, branch=branch)
    assert (pace(limes, branch), pace(limes), action.comment) == (60, None, branch)
    undoing.undo(action, by=mod)
    assert pace(limes, branch) is None


def test_the_page_writes_it_down(sign_in, limes, mod, ben):
    sent = {"seconds": 60, "scope": "member"}
    assert sign_in(ben).post(f"/t/{limes.pk}/slow/", sent).status_code == 403
    assert sign_in(mod).post(f"/t/{limes.pk}/slow/", sent).status_code == 303
    assert Action.objects.get().verb == "topic_slowed"
    with pytest.raises(PermissionDenied):
        slow_mode.slow(limes, by=ben, seconds=0)
    assert pace(limes) == 60
