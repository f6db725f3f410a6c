"""Members are notified that a poll opened where they watch, closes soon without their vote, and closed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import User
from forums.models import Notification, OutgoingMail, Watch
from forums.notifications import dispatch
from forums.notifications.mail import compose
from polls import tasks
from polls.ballots import closing, voting
from polls.models import Poll

pytestmark = pytest.mark.django_db(transaction=True)


def told(kind):
    dispatch.dispatch_events()
    notes = Notification.objects.filter(kind=kind).order_by("pk")
    return [(note.member.username, note.words) for note in notes]


def test_a_poll_is_announced_once_where_members_watch_when_it_opens(open_poll, topic, ada, ben, cleo):
    Watch.objects.choose(ada, Watch.Level.WATCHING, topic=topic)
    Watch.objects.choose(ben, Watch.Level.WATCHING, topic=topic)
    poll = open_poll(question="Where to?", opens_at=timezone.now() + timedelta(hours=1))
    open_poll(question="Long ago", opens_at=timezone.now() - timedelta(days=3))
    assert told("opened") == []
    Poll.objects.filter(pk=poll.pk).update(opens_at=timezone.now())
    tasks.open_due()
    tasks.open_due()
    assert told("opened") == [("Ben", "New poll where you watch: Where to?")]


def test_who_has_not_voted_is_reminded_once_before_the_end(open_poll, topic, ben, cleo, mod, ada):
    group = Group.objects.create(name="Council")
    ben.groups.add(group)
    mod.groups.add(group)
    Watch.objects.choose(cleo, Watch.Level.WATCHING, topic=topic)  # not on the roll
    rules = {"voter_groups": [group.pk], "roll_grows": False, "secret": True, "question": "Shall we?"}
    poll = open_poll(closes_at=timezone.now() + timedelta(days=3), **rules)
    voting.cast(poll, member=mod, marks=[poll.option_ids[0]], token=uuid4())
    tasks.remind()
    assert told("reminded") == []
    closes = timezone.now() + timedelta(hours=2)
    Poll.objects.update(opens_at=timezone.now() - timedelta(days=3), closes_at=closes)
    tasks.remind()
    tasks.remind()
    words = f"You have not voted yet. The poll closes on {closes:%-d %B, %H:%M} UTC: Shall we?"
    assert told("reminded") == [("Ben", words)]


def test_voters_receive_the_result_unless_it_is_for_moderators(open_poll, ada, ben):
    for question, show in (("Where to?", "at_close"), ("Why?", "staff")):
        poll = open_poll(question=question, secret=True, results_show=show)
        voting.cast(poll, member=ben, marks=[poll.option_ids[1]], token=uuid4())
        closing.close(poll, by=ada)
        closing.close(poll, by=ada)
    assert told("ended") == [
        ("Ben", "A poll in which you voted has closed: Where to? Result: Option 2."),
        ("Ben", "A poll in which you voted has closed: Why?"),
    ]


def test_a_digest_lists_the_open_polls_without_the_member_s_vote(open_poll, topic, ben, ada):
    User.objects.filter(pk=ben.pk).update(email_pace="daily")
    Watch.objects.choose(ben, Watch.Level.WATCHING, topic=topic)
    done, owed = open_poll(question="Done?"), open_poll(question="Owed?")
    open_poll(question="Later?", opens_at=timezone.now() + timedelta(days=9))
    voting.cast(done, member=ben, marks=[done.option_ids[0]], token=uuid4())
    dispatch.dispatch_events()
    notes = list(Notification.objects.filter(member=ben).values_list("pk", flat=True))
    message = compose.write(OutgoingMail.objects.create(member=ben, notifications=notes))
    listed = message.body.split("Open polls in which you have not voted")[1]
    assert f"Owed?\n{settings.SITE_URL}/poll/{owed.pk}/" in listed
    assert "Done?" not in listed and "Later?" not in listed


@pytest.mark.parametrize(
    ("method", "marks", "words"),
    [
        ("runoff", lambda a, b, c: [[b], [a]], "Result: Option 2."),
        ("schulze", lambda a, b, c: [[c], [a, b]], "Result: Option 3."),
        ("stv", lambda a, b, c: [[b], [a]], "Elected: Option 2."),
        ("score", lambda a, b, c: [[a, 5]], "Result: Option 1."),
        ("dots", lambda a, b, c: [[a, 5], [b, 5]], "Result: Option 1 and Option 2."),
        ("consent", lambda a, b, c: [c, "It floods."], "Not passed."),
    ],
)
def test_each_method_says_its_result_in_a_sentence(method, marks, words, open_poll, ada, ben):
    poll = open_poll(method, question="Q?")
    voting.cast(poll, member=ben, marks=marks(*poll.option_ids), token=uuid4())
    closing.close(poll, by=ada)
    assert told("ended") == [("Ben", f"A poll in which you voted has closed: Q? {words}")]
