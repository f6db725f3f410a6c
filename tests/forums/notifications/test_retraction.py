"""Notifications of hidden content are not counted, and return when it is visible again."""

import pytest
from django.utils import timezone

from forums.models import Comment, Notification, OutgoingMail, Topic, Watch
from forums.models.notifications import outbox
from forums.notifications import dispatch
from forums.notifications.mail import claiming


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


@pytest.fixture
def named(opening, say, cleo):
    """A comment by Ben that mentions Cleo, of which she has an unread notification."""
    dispatch.dispatch_events()
    comment = say(opening, "@Cleo, what do you think?")
    assert unread(cleo) == (1,)
    return comment


def edit(comment, body):
    found = Comment.objects.get(pk=comment.pk)
    found.edit(by=found.author, body=body)


def test_a_mention_that_an_edit_removed_is_not_counted_listed_or_mailed(named, cleo, sign_in):
    assert "what do you think?" in sign_in(cleo).get("/notifications/").text
    edit(named, "What do you all think?")
    assert unread(cleo) == (0,)
    assert "No notifications yet" in sign_in(cleo).get("/notifications/").text
    assert unread(cleo) == (0,)
    Notification.objects.update(due_at=timezone.now())
    claiming.claim()
    assert not OutgoingMail.objects.filter(member=cleo).exists()


def test_a_mention_that_comes_back_counts_again_and_another_edit_changes_nothing(named, cleo):
    edit(named, "What do you all think?")
    assert unread(cleo) == (0,)
    edit(named, "@Cleo and all, what do you think?")
    assert unread(cleo) == (1,)
    edit(named, "@Cleo and @Ada, what do you think?")
    assert unread(cleo) == (1,)


def test_a_removed_quote_is_retracted(opening, say, cleo, ada):
    dispatch.dispatch_events()
    quoted = say(opening, "Limes drip.", author=cleo)
    comment = say(opening, f"> @Cleo [wrote](/comments/{quoted.pk}/):\n>\n> Limes drip.\n\nThey do.")
    dispatch.dispatch_events()
    assert unread(cleo) == (1,)
    edit(comment, "They do.")
    assert unread(cleo) == (0,)


def test_a_watching_member_keeps_the_notification_as_one_of_a_new_comment(opening, say, cleo):
    dispatch.dispatch_events()
    Watch.objects.choose(cleo, Watch.Level.WATCHING, topic=opening.topic)
    comment = say(opening, "@Cleo, what do you think?")
    dispatch.dispatch_events()
    edit(comment, "What do you all think?")
    assert unread(cleo) == (1,)
    assert Notification.objects.unread().get(member=cleo, comment=comment).kind == "comment_added"
