"""Members are notified of acts that concern them, without the moderator's name."""

import re
from datetime import timedelta
from uuid import uuid4

from django.core import mail
from django.db import transaction
from django.db.models import F

from accounts.mail import sending
from forums.models import Comment, Notification, OutgoingMail, PendingPost, Topic, Watch
from forums.moderation import reports
from forums.moderation.acts import comments, pending, topics
from forums.notifications import dispatch
from forums.notifications.mail import claiming


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


def listed(browser):
    """Returns the first line of each notification, and the line that says what it is about."""
    page = browser.get("/notifications/").text
    return re.findall(
        r'<p dir="auto"><a href="[^"]+">([^<]+)</a>.*?</p>(?:\s*<p class="about" dir="auto">([^<]*)</p>)?',
        page,
    )


def mailed():
    """Sends the mail of all that is due and returns (subject, the lines about the act) of each."""
    dispatch.dispatch_events()
    Notification.objects.update(due_at=F("due_at") - timedelta(minutes=3))
    mail.outbox.clear()
    claiming.claim()
    sending.send_due()
    assert not OutgoingMail.objects.exists()
    return [(each.subject, each.body.splitlines()[2:5], each.alternatives[0][0]) for each in mail.outbox]


def test_the_list_and_the_mail_name_the_topic_and_the_text(opening, say, ben, mod, rule, sign_in):
    comments.hide(Comment.objects.get(pk=say(opening, "Limes *drip* on cars.").pk), by=mod, rule=rule)
    assert mailed()[0][:2] == (
        f"[Folkmoot] Comment hidden: {rule} “Shall we plant limes?”",
        [f"Comment hidden: {rule}", "In “Shall we plant limes?”", "Limes drip on cars."],
    )
    about = "In “Shall we plant limes?”: Limes drip on cars."
    assert listed(sign_in(ben)) == [(f"Comment hidden: {rule}", about)]


def test_the_author_of_a_hidden_topic_reads_which_one(limes, ada, mod, sign_in):
    topics.hide(Topic.objects.get(pk=limes.pk), by=mod, reason="Old.")
    [(subject, _, html)] = mailed()
    assert subject == "[Folkmoot] Topic hidden: Old. “Shall we plant limes?”"
    assert "In “Shall we plant limes?”" in html
    assert listed(sign_in(ada)) == [("Topic hidden: Old.", "In “Shall we plant limes?”")]


def test_a_topic_out_of_sight_is_not_named_but_ones_own_text_is(
    opening, say, ben, mod, vault, stewards, sign_in
):
    comment = say(opening, "Limes drip.")
    mod.groups.add(stewards)
    topics.move(Topic.objects.get(pk=opening.topic_id), vault, by=mod)
    topics.rename(Topic.objects.get(pk=opening.topic_id), "The secret plan", by=mod)
    comments.hide(Comment.objects.get(pk=comment.pk), by=mod, reason="Rude.")
    dispatch.dispatch_events()
    assert listed(sign_in(ben)) == [("Comment hidden: Rude.", "Limes drip.")]


def test_a_reporter_reads_what_the_decision_is_about(opening, say, cleo, mod, rule, sign_in):
    comment = Comment.objects.get(pk=say(opening, "Limes drip.").pk)
    reports.report(comment, by=cleo, rule=rule)
    comments.hide(comment, by=mod, rule=rule)
    about = "In “Shall we plant limes?”"
    dispatch.dispatch_events()
    assert listed(sign_in(cleo)) == [("What you have reported was looked at. Comment hidden.", about)]


def test_the_author_of_a_refused_text_reads_which_one(opening, ben, mod, sign_in):
    place = {"topic": opening.topic, "parent": opening}
    post, _ = PendingPost.objects.keep(author=ben, token=uuid4(), body="Limes drip.", why="links", **place)
    pending.refuse(post, by=mod, reason="Not here.")
    dispatch.dispatch_events()
    assert [words for words, _ in listed(sign_in(ben))] == ["Text refused (“Limes drip.”): Not here."]
