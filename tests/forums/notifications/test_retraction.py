"""Notifications of hidden content are not counted, and return when it is visible again."""

import pytest

from forums.models import Comment, Notification, Topic, Watch
from forums.models.notifications import outbox
from forums.notifications import dispatch


@pytest.fixture
def watched(opening, say, ada, cleo, ben):
    """Cleo watches the topic and has two unread comments by Ben. Ada has one."""
    dispatch.dispatch_events()
    Watch.objects.choose(cleo, Watch.Level.WATCHING, topic=opening.topic)
    first = say(opening)
    say(first)
    dispatch.dispatch_events()
    assert unread(ada, cleo) == (1, 2)
    return first


def unread(*members):
    dispatch.dispatch_events()
    counted = Notification.objects.count_unread([member.pk for member in members])
    return tuple(counted[member.pk] for member in members)


def test_a_hidden_comment_waits_and_comes_back(watched, ada, cleo, mod):
    Comment.objects.get(pk=watched.pk).set_hidden(by=mod)
    assert unread(ada, cleo) == (0, 1)
    Comment.objects.get(pk=watched.pk).set_shown()
    assert unread(ada, cleo) == (1, 2)


def test_notifications_of_a_deleted_comment_are_retracted(watched, ada, cleo):
    Comment.objects.get(pk=watched.pk).delete_by_author()
    assert unread(ada, cleo) == (0, 1)


def test_notifications_of_a_topic_moved_out_of_sight_are_retracted(watched, ada, cleo, town, vault, stewards):
    ada.groups.add(stewards)
    topic = Topic.objects.get(pk=watched.topic_id)
    topic.move(vault)
    assert unread(ada, cleo) == (1, 0)
    topic.move(town)
    assert unread(ada, cleo) == (1, 2)


def test_notifications_of_moderators_acts_are_kept(watched, ada, vault):
    topic = Topic.objects.get(pk=watched.topic_id)
    topic.move(vault)
    once = "action 1"
    outbox.notify([ada.pk], kind="moderated", once=once, words="Your topic was moved.", topic=topic)
    outbox.notify([ada.pk], kind="ended", once="poll 1", words="Your poll has closed.", topic=topic)
    assert unread(ada) == (1,)
    assert Notification.objects.unread().get(member=ada).words == "Your topic was moved."
