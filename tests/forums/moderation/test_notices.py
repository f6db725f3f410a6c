"""Members are notified of acts that concern them, without the moderator's name."""

from django.db import transaction

from forums.models import Comment, Notification, Watch
from forums.moderation.acts import comments, topics
from forums.notifications import dispatch


def heard():
    dispatch.dispatch_events()
    notes = Notification.objects.exclude(kind__in=["replied", "comment_added"]).order_by("pk")
    return [(note.member.username, note.kind, note.words, note.actor) for note in notes]


def test_the_author_hears_of_each_act_even_in_a_topic_they_have_muted(opening, say, ben, mod, rule):
    comment = Comment.objects.get(pk=say(opening).pk)
    Watch.objects.choose(ben, Watch.Level.MUTED, topic=opening.topic)
    action = comments.hide(comment, by=mod, rule=rule)
    assert heard() == [("Ben", "moderated", f"Comment hidden: {rule}", None)]
    assert Notification.objects.get(kind="moderated").address == action.get_absolute_url()
    comments.restore(comment, by=mod)
    assert heard()[1:] == [("Ben", "moderated", "Comment restored.", None)]


def test_nobody_is_told_what_they_have_done_themselves(open_topic, mod):
    assert topics.lock(open_topic(author=mod), by=mod)
    assert heard() == []


def test_an_act_that_is_undone_with_its_transaction_is_not_told(opening, say, ben, mod):
    comment = Comment.objects.get(pk=say(opening).pk)
    try:
        with transaction.atomic():
            comments.hide(comment, by=mod)
            raise KeyError("something else went wrong")
    except KeyError:
        assert heard() == []
