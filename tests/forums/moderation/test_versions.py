"""Each act on a comment changes its topic's row once, and raises the topic's version by one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forums.models import Case, Comment, Topic
from forums.moderation import reports, undoing
from forums.moderation.acts import branches, comments, editing, slow_mode, topics


@pytest.fixture
def rude(opening, say):
    return say(opening, "You nincompoop.")


@pytest.fixture
def once(limes):
    """`once(act)` calls `act` and asserts one update of the topic's row, which raises its version by one."""

    def once(act):
        assert changes(limes, act) == (1, 1)

    return once


def changes(topic, act):
    """By how much `act` raises the topic's version, and how many statements update the topic's row."""
    before = Topic.objects.get(pk=topic.pk).version
    with CaptureQueriesContext(connection) as asked:
        act()
    updates = [each for each in asked if each["sql"].startswith('UPDATE "forums_topic"')]
    return Topic.objects.get(pk=topic.pk).version - before, len(updates)


def again(comment):
    return Comment.objects.with_context().get(pk=comment.pk)


def test_hiding_and_restoring_a_comment(once, rude, mod, limes):
    once(lambda: comments.hide(again(rude), by=mod))
    assert Topic.objects.get(pk=limes.pk).comment_count == 0
    once(lambda: comments.restore(again(rude), by=mod))
    assert Topic.objects.get(pk=limes.pk).comment_count == 1


def test_hiding_and_restoring_the_opening(once, opening, mod, limes):
    once(lambda: comments.hide(again(opening), by=mod))
    assert Topic.objects.get(pk=limes.pk).excerpt == ""
    once(lambda: comments.restore(again(opening), by=mod))
    assert Topic.objects.get(pk=limes.pk).excerpt != ""


def test_lists_name_the_newest_comment_that_can_be_read(once, opening, rude, say, cleo, mod, limes):
    newest = say(opening, "Limes!", author=cleo)
    once(lambda: comments.hide(again(newest), by=mod))
    topic = Topic.objects.get(pk=limes.pk)
    assert (topic.last_author, topic.last_comment_at) == (rude.author, rude.created_at)
    once(lambda: comments.restore(again(newest), by=mod))
    topic = Topic.objects.get(pk=limes.pk)
    assert (topic.last_author, topic.last_comment_at) == (cleo, newest.created_at)


def test_undoing(once, rude, mod):
    hidden = comments.hide(again(rude), by=mod)
    once(lambda: undoing.undo(hidden, by=mod))


def test_locking_and_unlocking_a_branch(once, rude, mod):
    once(lambda: branches.lock(again(rude), by=mod))
    once(lambda: branches.unlock(again(rude), by=mod))


def test_hiding_and_restoring_a_branch_raises_the_version_once(rude, say, mod, limes):
    say(rude, "Well said!")
    assert changes(limes, lambda: branches.hide(again(rude), by=mod))[0] == 1
    assert changes(limes, lambda: branches.restore(again(rude), by=mod))[0] == 1


def test_editing_text_and_title(once, opening, mod):
    once(lambda: editing.edit(again(opening), by=mod, body="Tidied", title="Trees"))


def test_slow_mode(once, limes, mod):
    once(lambda: slow_mode.slow(limes, by=mod, seconds=60))
    once(lambda: slow_mode.slow(limes, by=mod, seconds=0))


def test_deleting_by_the_author(once, rude):
    once(lambda: again(rude).delete_by_author())


@pytest.mark.parametrize("act", [topics.lock, topics.pin, topics.hide])
def test_acts_on_a_topic(once, limes, mod, act):
    once(lambda: act(limes, by=mod))


def test_deciding_a_report(once, rude, cleo, mod, rule):
    case = reports.report(again(rude), by=cleo, rule=rule).case
    once(lambda: reports.uphold(Case.objects.with_item().get(pk=case.pk), by=mod, rule=rule))


def test_keeping_what_reports_had_hidden(once, rude, regulars, mod, rule):
    for each in regulars[:2]:
        reports.report(again(rude), by=each, rule=rule)
    once(lambda: reports.report(again(rude), by=regulars[2], rule=rule))
    once(lambda: reports.keep(Case.objects.with_item().get(), by=mod))


def test_upholding_what_reports_had_hidden(once, rude, regulars, mod, rule):
    for each in regulars[:3]:
        reports.report(again(rude), by=each, rule=rule)
    once(lambda: reports.uphold(Case.objects.with_item().get(), by=mod, rule=rule))


def test_what_changes_nothing_on_the_page_raises_no_version(rude, cleo, mod, rule, limes):
    assert changes(limes, lambda: reports.report(again(rude), by=cleo, rule=rule)) == (0, 0)
    assert changes(limes, lambda: reports.keep(Case.objects.with_item().get(), by=mod)) == (0, 0)
    assert changes(limes, lambda: comments.restore(again(rude), by=mod)) == (0, 0)
