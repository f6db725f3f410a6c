"""Mail about unread notifications: its recipients and its limits."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.profiles import deletion
from forums.models import Comment, Notification, OutboxEvent, OutgoingMail, Topic, Watch
from forums.models.notifications import outbox
from forums.moderation.acts import members
from forums.notifications import dispatch
from forums.notifications.mail import claiming
from tests.cast import member


def to(mails):
    return [(mail.to, mail.subject) for mail in mails]


REPLY = [(["ada@example.org"], "[Folkmoot] Shall we plant limes?")]


def test_a_reply_is_mailed_after_two_minutes_and_once(opening, say, later, mailed):
    say(opening)
    later(minutes=1)
    assert mailed() == []
    later(minutes=1)
    assert to(mailed()) == REPLY
    later(days=8)
    assert mailed() == [] and OutgoingMail.objects.count() == 0


def test_what_was_read_within_two_minutes_is_not_mailed(opening, say, later, mailed, sign_in, ada):
    comment = say(opening)
    dispatch.dispatch_events()
    sign_in(ada).get(comment.get_absolute_url(), follow=True)
    later(minutes=3)
    assert mailed() == []


def test_what_was_read_between_claim_and_sending_is_not_mailed(opening, say, later, mailed, ada):
    say(opening)
    later(minutes=3)
    assert claiming.claim() == 1
    Notification.objects.of(ada).mark_all_read()
    assert mailed() == [] and OutgoingMail.objects.count() == 0


def hide_topic(topic, **others):
    Topic.objects.get(pk=topic.pk).set_hidden(by=None)


def move_away(topic, vault, **others):
    Topic.objects.get(pk=topic.pk).move(vault)


def close_category(topic, stewards, **others):
    topic.category.see_groups = [stewards.pk]
    topic.category.save()


def hide_comment(comment, mod, **others):
    Comment.objects.get(pk=comment.pk).set_hidden(by=mod)


def delete_comment(comment, **others):
    Comment.objects.get(pk=comment.pk).delete_by_author()


def suspend(ada, mod, **others):
    ada.suspend(by=mod, reason="Shouting")


def leave(ada, **others):
    deletion.delete(ada)


def lose_address(ada, **others):
    ada.emailaddress_set.update(verified=False)


def ignore(ada, ben, **others):
    ada.ignore(ben)


def mute(ada, topic, **others):
    Watch.objects.choose(ada, "muted", topic=topic)


def mute_branch(ada, comment, **others):
    Watch.objects.choose(ada, "muted", comment=comment)


def mute_category(ada, topic, **others):
    Watch.objects.choose(ada, "muted", category=topic.category)


def want_none(ada, **others):
    User.objects.filter(pk=ada.pk).update(email_pace="never")


def want_no_replies(ada, **others):
    User.objects.filter(pk=ada.pk).update(email_replies=False)


@pytest.mark.parametrize("is_claimed", [False, True], ids=["waiting", "claimed"])
@pytest.mark.parametrize(
    "happens",
    [
        hide_topic, move_away, close_category, hide_comment, delete_comment, suspend, leave, lose_address, ignore,
        mute, mute_branch, mute_category, want_none, want_no_replies,
    ],
)  # fmt: skip
def test_nothing_goes_to_those_who_may_not_or_do_not_want_to_read_it_any_more(
    opening, say, later, mailed, ada, ben, mod, vault, stewards, happens, is_claimed
):
    comment = say(opening)
    later(minutes=3)
    assert Notification.objects.get(member=ada).due_at < timezone.now()
    if is_claimed:
        assert claiming.claim() == 1
    cast = {"ada": ada, "ben": ben, "mod": mod, "vault": vault, "stewards": stewards}
    happens(topic=opening.topic, comment=comment, **cast)
    assert mailed() == [] and OutgoingMail.objects.count() == 0


def test_the_suspended_are_written_to_of_that_alone(opening, say, later, mailed, ada, mod):
    say(opening)
    members.suspend(ada, by=mod, reason="Shouting.")
    later(minutes=3)
    [mail] = mailed()
    assert mail.subject == "[Folkmoot] Member suspended: Shouting."
    assert "answered you" not in mail.body
    later(days=1)
    assert mailed() == []


def test_a_branch_that_is_watched_in_a_muted_topic_is_written_of(opening, say, later, mailed, ada):
    branch = say(opening, "A branch")
    later(minutes=3)
    assert len(mailed()) == 1
    mute(ada, opening.topic)
    Watch.objects.choose(ada, "watching", comment=branch)
    say(branch, "In it")
    say(opening, "Beside it")
    later(minutes=3)
    [mail] = mailed()
    assert "In it" in mail.body and "Beside it" not in mail.body


def test_a_lively_topic_makes_one_mail_and_what_is_elsewhere_comes_along_when_due(
    opening, say, later, mailed, open_topic
):
    other = open_topic("Or oaks?").comments.get()
    say(opening, "One")
    later(minutes=2)
    say(opening, "Two")
    say(other, "Three")
    dispatch.dispatch_events()
    [mail] = mailed()
    assert mail.subject == "[Folkmoot] Shall we plant limes?"
    assert "One" in mail.body and "Two" in mail.body and "Three" not in mail.body
    say(opening, "Four")
    later(minutes=2)
    [mail] = mailed()
    assert mail.subject == "[Folkmoot] 2 new in 2 topics"
    assert "Three" in mail.body and "Four" in mail.body


def test_a_digest_comes_in_the_morning_with_all_that_waits(opening, say, later, mailed, ada, open_topic):
    User.objects.filter(pk=ada.pk).update(email_pace="daily", time_zone="Asia/Tokyo")
    for topic in (opening.topic, open_topic("Or oaks?"), open_topic("Or elms?")):
        for _ in range(7):
            say(topic.comments.get(seq=1))
    later(minutes=3)
    assert mailed() == []
    later(days=1)
    [mail] = mailed()
    assert (mail.to, mail.subject) == (["ada@example.org"], "[Folkmoot] Your day: 21 new in 3 topics")
    assert mail.body.count("answered you") == 15 and mail.body.count("and 2 more on the site") == 3
    assert mailed() == []


def test_a_weeks_digest_says_so(opening, say, later, mailed, ada):
    User.objects.filter(pk=ada.pk).update(email_pace="weekly")
    say(opening)
    later(days=7)
    assert to(mailed()) == [(["ada@example.org"], "[Folkmoot] Your week: 1 new in 1 topic")]


def test_a_moderators_act_is_mailed_at_once_and_without_the_title(opening, later, mailed, ada, vault):
    User.objects.filter(pk=ada.pk).update(email_pace="weekly")
    Topic.objects.get(pk=opening.topic_id).move(vault)
    words = {"words": "Topic moved: off topic", "address": "/modlog/7/"}
    outbox.notify([ada.pk], kind="moderated", once="action 7", topic=opening.topic, **words)
    later(minutes=3)
    [mail] = mailed()
    assert mail.subject == "[Folkmoot] Topic moved: off topic"
    assert "http://127.0.0.1:8000/modlog/7/" in mail.body and opening.topic.title not in mail.body


def test_whoever_turns_mail_on_is_not_flooded_with_what_is_old(opening, say, later, mailed, ada):
    User.objects.filter(pk=ada.pk).update(email_pace="never")
    say(opening)
    dispatch.dispatch_events()
    User.objects.filter(pk=ada.pk).update(email_pace="at_once")
    later(days=1)
    assert mailed() == []
    say(opening)
    later(minutes=2)
    assert to(mailed()) == REPLY


@pytest.mark.parametrize("members", [2, 20])
def test_claiming_costs_the_same_for_few_and_for_many(opening, say, later, members):
    for number in range(members):
        Watch.objects.choose(member(f"Lark{number}"), "watching", topic=opening.topic)
    say(opening)
    later(minutes=3)
    with CaptureQueriesContext(connection) as queries:
        assert claiming.claim() == members + 1
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 3


def test_old_notifications_are_forgotten(opening, say, ada):
    for _ in range(3):
        say(opening)
    dispatch.dispatch_events()
    old, read, fresh = Notification.objects.order_by("pk")
    now = timezone.now()
    Notification.objects.filter(pk=old.pk).update(created_at=now - timedelta(days=366))
    Notification.objects.filter(pk=read.pk).update(read_at=now - timedelta(days=91))
    assert Notification.objects.forget_old() == 2
    assert Notification.objects.get() == fresh
    assert OutboxEvent.objects.count() == 0
