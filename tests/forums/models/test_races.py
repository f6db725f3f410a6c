"""A member changes a comment while a moderator moves it to another topic."""

import time
from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Trust
from forums.access.refusal import Refused
from forums.models import Comment, Debate, Notification, OutboxEvent, PendingPost, SlowMode, Topic, Vote
from forums.models.debates.debate import NotNow
from forums.models.moderation.action import NotDone
from forums.moderation.acts import merging, slow_mode, splitting
from forums.moderation.acts import pending as pending_posts
from forums.posting import publish
from tests.cast import member
from tests.forums.moderation.consistency import assert_consistent
from tests.overlap import PAUSE, before_commit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _committed_at_once():
    """Callbacks wait for the commit in these tests, because it is a real one."""


def load(comment):
    return Comment.objects.select_related("topic__category__parent", "author").get(pk=comment.pk)


def version_of(topic):
    return Topic.objects.values_list("version", flat=True).get(pk=topic.pk)


@pytest.fixture
def pages(open_topic):
    """Two topics; the first one is merged into the second one, or a branch is split off it."""
    return open_topic("Shall we plant oaks?"), open_topic("Which trees?")


def test_an_edit_is_published_in_the_topic_that_the_comment_is_in_now(pages, say, mod, ben):
    oaks, trees = pages
    comment = say(oaks.comments.get())
    stale = load(comment)
    seen = []

    def move():
        merging.merge(oaks, trees, by=mod)
        seen.append(version_of(trees))

    assert before_commit(move, lambda: stale.edit(by=ben, body="On reflection, no.")) is None
    comment.refresh_from_db()
    assert (comment.topic, comment.body) == (trees, "On reflection, no.")
    assert seen[0] < comment.changed_in == comment.written_in == version_of(trees)
    assert_consistent()


def test_a_vote_is_published_in_the_topic_that_the_comment_is_in_now(pages, say, mod, cleo):
    oaks, trees = pages
    comment = say(oaks.comments.get())
    stale = load(comment)
    seen = []

    def move():
        merging.merge(oaks, trees, by=mod)
        seen.append(version_of(trees))

    assert before_commit(move, lambda: Vote.objects.cast(stale, by=cleo, value=1)) == 1
    comment.refresh_from_db()
    assert (comment.topic, comment.score) == (trees, 1)
    assert seen[0] < comment.changed_in == version_of(trees)
    assert_consistent()


def test_a_vote_on_what_becomes_an_opening_counts_for_its_topic(limes, opening, say, mod, cleo):
    comment = say(opening)
    stale = load(comment)
    before_commit(
        lambda: splitting.split(load(comment), "Away", by=mod),
        lambda: Vote.objects.cast(stale, by=cleo, value=1),
    )
    comment.refresh_from_db()
    assert (comment.seq, comment.topic.score, Topic.objects.get(pk=limes.pk).score) == (1, 1, 0)
    assert_consistent()


def test_a_new_title_renames_no_topic_that_the_opening_has_left(pages, mod, ada):
    oaks, trees = pages
    stale = load(oaks.comments.get())
    before_commit(
        lambda: merging.merge(oaks, trees, by=mod),
        lambda: stale.edit(by=ada, body="Or limes?", title="Shall we plant limes?"),
    )
    titles = Topic.objects.order_by("pk").values_list("title", "slug")
    assert list(titles) == [("Shall we plant oaks?", "shall-we-plant-oaks"), ("Which trees?", "which-trees")]
    stale.refresh_from_db()
    assert (stale.topic, stale.body) == (trees, "Or limes?")


def test_nothing_that_is_being_moved_away_becomes_the_accepted_answer(limes, opening, say, mod):
    comment = say(opening)
    stale = load(comment)
    refused = before_commit(
        lambda: splitting.split(load(comment), "Away", by=mod), lambda: stale.topic.accept(stale)
    )
    assert isinstance(refused, Refused)
    assert Topic.objects.filter(accepted=comment).count() == 0
    other = say(opening)
    load(other).topic.accept(other)
    assert Topic.objects.get(accepted=other) == limes


def test_a_reply_that_waited_for_the_topic_is_refused_if_its_parent_went_meanwhile(
    limes, opening, say, ben, ada
):
    comment, stale = say(opening, author=ada), Topic.objects.get(pk=limes.pk)
    parent = load(comment)
    said = {"parent": parent, "body": "Why?"}
    before_commit(lambda: say(comment), lambda: stale.reply(author=ben, token=uuid4(), **said))
    assert [each.seq for each in limes.comments.filter(parent=comment)] == [3, 4]
    refused = before_commit(comment.delete_by_author, lambda: stale.reply(author=ben, token=uuid4(), **said))
    assert isinstance(refused, Refused)
    assert limes.comments.filter(parent=comment).count() == 2
    assert_consistent()


def test_a_reply_that_waited_for_the_topic_is_refused_if_its_branch_moved_meanwhile(
    limes, opening, say, mod, ben
):
    comment, stale = say(opening), Topic.objects.get(pk=limes.pk)
    said = {"parent": load(say(comment)), "body": "Why?"}
    refused = before_commit(
        lambda: splitting.split(load(comment), "Away", by=mod),
        lambda: stale.reply(author=ben, token=uuid4(), **said),
    )
    assert isinstance(refused, Refused)
    assert not Comment.objects.filter(body="Why?").exists()
    assert_consistent()


def test_whoever_waits_for_the_new_topic_does_not_hold_the_old_one(pages, say, mod, ben):
    """Moderators lock topics in the order of their ids, so holding the old one could be a deadlock."""
    oaks, trees = pages
    comment = say(trees.comments.get())
    stale = load(comment)
    merging.merge(trees, oaks, by=mod)

    def move():
        Topic.objects.select_for_update().get(pk=oaks.pk)

    def edit():
        stale.edit(by=ben, body="Later.")

    answers, barrier = [], Barrier(2)

    def look():
        barrier.wait()
        time.sleep(PAUSE / 2)
        with transaction.atomic():
            answers.append(Topic.objects.select_for_update(nowait=True).get(pk=trees.pk))
        connection.close()

    thread = Thread(target=look)
    thread.start()

    def move_and_look():
        move()
        barrier.wait()

    assert before_commit(move_and_look, edit) is None
    thread.join()
    assert answers == [trees]
    comment.refresh_from_db()
    assert comment.body == "Later."


def test_a_pending_reply_whose_branch_is_moving_is_approved_the_second_time(opening, say, mod):
    comment = say(opening)
    nia = member("Nia", trust=Trust.NEW)
    text = {"body": "See https://shop.example/", "token": uuid4()}
    pending = publish.reply(comment.topic, author=nia, parent=comment, **text).pending
    refused = before_commit(
        lambda: splitting.split(load(comment), "Away", by=mod), lambda: pending_posts.approve(pending, by=mod)
    )
    assert isinstance(refused, NotDone)
    pending_posts.approve(PendingPost.objects.get(pk=pending.pk), by=mod)
    comment.refresh_from_db()
    assert Comment.objects.get(author=nia).topic == comment.topic != opening.topic
    assert_consistent()


def test_a_branch_that_is_being_moved_is_not_slowed_down_in_its_old_topic(limes, opening, say, mod):
    branch = say(opening)
    refused = before_commit(
        lambda: splitting.split(load(branch), "Away", by=mod),
        lambda: slow_mode.slow(limes, branch=branch, seconds=60, by=mod),
    )
    assert isinstance(refused, NotDone)
    assert SlowMode.objects.count() == 0
    assert slow_mode.slow(limes, branch=say(opening), seconds=60, by=mod).verb == "topic_slowed"


def test_no_debate_is_announced_in_a_topic_that_is_being_merged(pages, mod, ada):
    oaks, trees = pages
    begins = timezone.now() + timedelta(days=1)
    times = {"starts_at": begins, "ends_at": begins + timedelta(hours=1)}
    refused = before_commit(
        lambda: merging.merge(oaks, trees, by=mod), lambda: Debate.announce(oaks, by=ada, **times)
    )
    assert isinstance(refused, NotNow)
    assert Debate.announce(trees, by=ada, **times) == Debate.objects.get()


def test_a_move_waits_for_notifications_that_are_being_written_of_what_it_moves(pages, say, mod, ben, ada):
    """Both lock the events of the outbox before all else. In another order each would wait for the other."""
    comment = say(pages[0].comments.get(), "@Ada, why?", author=ben)
    Notification.objects.create(member=ada, kind="mentioned", topic=pages[0], comment=comment, once="mention")
    problems = []

    def split():
        try:
            splitting.split(load(comment), "Which oaks?", by=mod)
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    moving = Thread(target=split)
    with transaction.atomic():
        assert comment in [event.comment for event in OutboxEvent.objects.take(100)]
        moving.start()
        time.sleep(PAUSE)
        Notification.objects.filter(comment=comment).update(read_at=timezone.now())
        # A row that refers to the comment waits for a transaction that changes the comment's number.
        Notification.objects.create(
            member=mod, kind="comment_added", topic=pages[0], comment=comment, once="new"
        )
    moving.join()
    assert problems == []
    topics = set(Notification.objects.filter(comment=comment).values_list("topic", flat=True))
    assert topics == {load(comment).topic_id} != {pages[0].pk}
