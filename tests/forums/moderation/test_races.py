"""Moderators and members who act at the same moment."""

from uuid import uuid4

import pytest
from django.db import connection, transaction

from forums.models import Action, Case, Comment, Report, Topic, Visit
from forums.moderation import undoing
from forums.moderation.acts import branches, comments, merging, splitting, topics
from forums.moderation.reports import report
from forums.tree import move_branch
from tests.concurrency import run_concurrently
from tests.forums.moderation.consistency import assert_consistent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _committed_at_once():
    """Runs `on_commit` functions after the real commit, unlike the other tests of the forum."""


def again(comment):
    return Comment.objects.select_related("topic__category__parent", "author", "hidden_in").get(pk=comment.pk)


def test_of_many_clicks_one_acts(opening, say, mod):
    rude = say(opening)
    done = run_concurrently(*[lambda: comments.hide(again(rude), by=mod)] * 6)
    assert sum(isinstance(each, Action) for each in done) == 1
    assert sum(each is None for each in done) == 5
    assert Action.objects.count() == 1
    assert_consistent()


def test_undone_once(limes, mod):
    lock = topics.lock(limes, by=mod)
    done = run_concurrently(*[lambda: undoing.undo(lock, by=mod)] * 5)
    assert sorted(type(each).__name__ for each in done) == ["Action", "str", "str", "str", "str"]
    assert {each for each in done if isinstance(each, str)} == {"Overtaken"}
    assert Action.objects.count() == 2


def test_reports_at_once_are_one_case_and_hide_once(opening, say, regulars, rule):
    rude = say(opening)
    done = run_concurrently(
        *[lambda each=each: report(again(rude), by=each, rule=rule) for each in regulars[:3]] * 2
    )
    assert sum(isinstance(each, Report) for each in done) == 3
    assert (Case.objects.get().reports_count, Report.objects.count()) == (3, 3)
    assert [each.verb for each in Action.objects.all()] == ["comment_hidden"]
    assert_consistent()


def test_two_topics_merged_into_each_other_become_one(open_topic, say, mod):
    one, other = open_topic("One"), open_topic("Other")
    say(one.comments.get())

    def topic(pk):
        return Topic.objects.select_related("category__parent", "author").get(pk=pk)

    done = run_concurrently(
        lambda: merging.merge(topic(one.pk), topic(other.pk), by=mod),
        lambda: merging.merge(topic(other.pk), topic(one.pk), by=mod),
    )
    assert sorted(type(each).__name__ for each in done) == ["Action", "str"]
    assert Topic.objects.filter(deleted_at=None).count() == 1
    assert Comment.objects.count() == 4
    assert_consistent()


def test_replies_while_a_branch_moves_are_stored_where_it_is_or_refused(limes, opening, say, mod, ben, cleo):
    top = say(opening)
    leaf = say(top, author=cleo)

    def reply():
        parent = again(leaf)
        return parent.topic.reply(author=ben, parent=parent, body="And?", token=uuid4())

    done = run_concurrently(lambda: splitting.split(again(top), "Away", by=mod), *[reply] * 4)
    stored = [each for each in done[1:] if isinstance(each, Comment)]
    assert all(each in ("Refused",) for each in done[1:] if not isinstance(each, Comment))
    assert Comment.objects.filter(body="And?").count() == len(stored)
    assert {each.topic_id for each in Comment.objects.filter(body="And?")} <= {done[0].facts["to"]}
    assert_consistent()


def test_what_is_deleted_while_its_branch_is_hidden_stays_deleted(opening, say, mod, cleo):
    top = say(opening)
    leaf = say(top, author=cleo)
    done = run_concurrently(lambda: branches.hide(again(top), by=mod), lambda: again(leaf).delete_by_author())
    assert isinstance(done[0], Action)
    assert_consistent()
    undoing.undo(done[0], by=mod)
    assert (again(leaf).is_deleted, again(leaf).body, again(top).is_hidden) == (True, "", False)
    assert_consistent()


def test_a_member_reads_a_topic_for_the_first_time_while_its_comments_are_moved(limes, ada, cleo):
    def note():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '1s'")
            Visit.objects.note(cleo, Topic.objects.with_visit_of(cleo).get(pk=limes.pk))
        return "read"

    with transaction.atomic():
        move_branch.lock(limes.pk)
        assert run_concurrently(note) == ["read"]
