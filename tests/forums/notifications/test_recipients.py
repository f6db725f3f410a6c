"""Recipients of notifications about new texts, and the reason for each."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forums.access.refusal import Refused
from forums.models import Category, Comment, Notification, OutboxEvent, Topic, Watch
from forums.notifications import dispatch
from tests.cast import member

WATCHING, FOLLOWING, MUTED = Watch.Level.WATCHING, Watch.Level.FOLLOWING, Watch.Level.MUTED


@pytest.fixture
def notified():
    """Dispatches events and returns the new notifications, for example `{"Ada": "replied"}`."""

    def notified():
        before = set(Notification.objects.values_list("pk", flat=True))
        dispatch.dispatch_events()
        assert OutboxEvent.objects.count() == 0
        new = Notification.objects.exclude(pk__in=before)
        return {note.member.username: note.kind for note in new.select_related("member")}

    return notified


@pytest.fixture
def quiet(notified, opening):
    """Dispatches all events up to the opening of the topic."""
    notified()
    return notified


def test_a_member_gets_one_notification_for_the_strongest_reason(quiet, opening, say, ada, ben, cleo, mod):
    first = say(opening, "Limes, then.", author=cleo)
    assert quiet() == {"Ada": "replied"}
    quote = f"> @Cleo [wrote](/comments/{first.pk}/):\n>\n> Limes, then.\n\nNo! Ask @mod and @nobody."
    say(opening, quote, author=ben)
    assert quiet() == {"Ada": "replied", "Cleo": "quoted", "Mod": "mentioned"}
    say(first, "@Cleo, @Ada: > hear, hear", author=ben)
    assert quiet() == {"Cleo": "replied", "Ada": "mentioned"}


def test_a_name_inside_a_quote_calls_nobody(quiet, opening, say, cleo):
    say(opening, "> As @Cleo says\n\nquite so")
    assert quiet() == {"Ada": "replied"}


def test_nobody_is_notified_of_their_own_comments(quiet, opening, say, ada):
    Watch.objects.choose(ada, WATCHING, topic=opening.topic)
    say(opening, "@Ada should know", author=ada)
    assert quiet() == {}


def test_a_new_topic_notifies_those_it_mentions_and_those_who_watch_its_category(
    notified, open_topic, town, cleo, mod
):
    Watch.objects.choose(cleo, WATCHING, category=town)
    open_topic(body="What does @mod think?")
    assert notified() == {"Cleo": "topic_opened", "Mod": "mentioned"}


@pytest.mark.parametrize(
    ("chosen", "received"),
    [
        ({}, None),
        ({"category": WATCHING}, "comment_added"),
        ({"parent": WATCHING}, "comment_added"),
        ({"topic": WATCHING}, "comment_added"),
        ({"branch": WATCHING}, "comment_added"),
        ({"elsewhere": WATCHING}, None),
        ({"topic": FOLLOWING}, None),
        ({"category": WATCHING, "topic": FOLLOWING}, None),
        ({"category": WATCHING, "topic": MUTED}, None),
        ({"category": MUTED, "topic": WATCHING}, "comment_added"),
        ({"parent": MUTED, "category": WATCHING}, "comment_added"),
        ({"parent": WATCHING, "category": MUTED}, None),
        ({"topic": WATCHING, "branch": MUTED}, None),
        ({"topic": MUTED, "branch": WATCHING}, "comment_added"),
        ({"branch": MUTED, "below": WATCHING}, "comment_added"),
        ({"branch": WATCHING, "below": MUTED}, None),
        ({"topic": WATCHING, "elsewhere": MUTED}, "comment_added"),
    ],
)
def test_the_nearest_choice_holds(notified, open_topic, town, say, ada, cleo, chosen, received):
    park = Category.objects.create(name="Park", slug="park", parent=town)
    opening = open_topic(category=park).comments.get()
    branch = say(opening, author=ada)
    below, elsewhere = say(branch, author=ada), say(opening, author=ada)
    notified()
    places = {"topic": opening.topic, "category": park, "parent": town}
    for name, level in chosen.items():
        column = {"parent": "category"}.get(name, name if name in places else "comment")
        target = places.get(name) or {"branch": branch, "below": below, "elsewhere": elsewhere}[name]
        Watch.objects.choose(cleo, level, **{column: target})
    say(below, "Lower still.")
    assert notified() == {"Ada": "replied"} | ({"Cleo": received} if received else {})


@pytest.mark.parametrize("text", ["@Cleo!", "Only an answer."])
def test_a_muted_place_notifies_nobody(quiet, opening, say, cleo, text):
    first = say(opening, author=cleo)
    Watch.objects.choose(cleo, MUTED, topic=opening.topic)
    quiet()
    say(first, text)
    assert quiet() == {}
    Watch.objects.choose(cleo, None, topic=opening.topic)
    say(first, text)
    assert quiet() == {"Cleo": "replied"}


def test_an_ignored_author_notifies_nobody(quiet, opening, say, ada, ben, cleo):
    Watch.objects.choose(cleo, WATCHING, topic=opening.topic)
    cleo.ignore(ben)
    say(opening, "@Cleo?", author=ben)
    assert quiet() == {"Ada": "replied"}
    cleo.unignore(ben)
    say(opening, "@Cleo?", author=ben)
    assert quiet() == {"Ada": "replied", "Cleo": "mentioned"}


def test_members_who_cannot_see_the_topic_are_not_notified(
    notified, open_topic, vault, stewards, say, ada, ben, cleo
):
    for steward in (ada, ben):
        steward.groups.add(stewards)
    secret = open_topic("Where the key is", category=vault)
    Watch.objects.choose(cleo, WATCHING, topic=secret)
    start = secret.comments.get()
    say(start, "@Cleo must not know", author=ben)
    assert notified() == {"Ada": "replied"}
    cleo.groups.add(stewards)
    say(start, "@Cleo may know", author=ben)
    assert notified() == {"Ada": "replied", "Cleo": "mentioned"}


def test_deleted_members_are_not_notified(quiet, opening, say, cleo):
    Watch.objects.choose(cleo, WATCHING, topic=opening.topic)
    cleo.is_active = False
    cleo.save()
    say(opening, "@Cleo?")
    assert quiet() == {"Ada": "replied"}


def test_a_comment_that_was_removed_meanwhile_notifies_nobody(quiet, opening, say, mod):
    comment = say(opening)
    Comment.objects.get(pk=comment.pk).set_hidden(by=mod)
    assert quiet() == {}


def test_an_edit_calls_those_whom_the_text_did_not_call_before(quiet, opening, say, ben, cleo, mod):
    comment = say(opening, "@Cleo?")
    assert quiet() == {"Ada": "replied", "Cleo": "mentioned"}
    Comment.objects.get(pk=comment.pk).edit(by=ben, body="@Cleo, @Mod?")
    assert quiet() == {"Mod": "mentioned"}
    Comment.objects.get(pk=comment.pk).edit(by=ben, body="Nobody in particular.")
    assert quiet() == {}
    Comment.objects.get(pk=comment.pk).edit(by=ben, body="Nobody at all.")
    assert OutboxEvent.objects.count() == 0


def test_naming_members_one_edit_after_the_other_reaches_no_more_of_them(quiet, opening, say, ben):
    names = [member(f"Lark{number}").username for number in range(27)]
    comment = say(opening, " ".join(f"@{name}" for name in names[:24]))
    assert len(quiet()) == 25  # and Ada, because it answers her
    Comment.objects.get(pk=comment.pk).edit(by=ben, body=f"@{names[24]}")
    assert list(quiet()) == [names[24]]
    Comment.objects.get(pk=comment.pk).edit(by=ben, body=f"@{names[25]} @{names[26]}")
    assert quiet() == {}


@pytest.mark.parametrize("watchers", [3, 300])
def test_dispatch_costs_the_same_for_few_and_for_many(quiet, opening, say, cleo, watchers):
    for number in range(watchers):
        Watch.objects.choose(member(f"Lark{number}"), WATCHING, topic=opening.topic)
    first = say(opening)
    say(first, f"> @Ben [wrote](/comments/{first.pk}/):\n>\n> I think so too.\n\n@Cleo?", author=cleo)
    with CaptureQueriesContext(connection) as queries:
        assert dispatch.dispatch_events() == 2
    assert Notification.objects.count() == 2 * watchers + 2
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 10


def test_events_that_arrive_during_dispatch_wait_for_the_next_batch(quiet, opening, say):
    for _ in range(3):
        say(opening)
    with CaptureQueriesContext(connection) as queries:
        assert dispatch.dispatch_events() == 3
    assert sum("FOR UPDATE" in query["sql"] for query in queries) == 1


def test_the_same_event_twice_notifies_once(quiet, opening, say, ben):
    say(opening)
    again = OutboxEvent.objects.get()
    assert quiet() == {"Ada": "replied"}
    again.pk = None
    again.save()
    assert quiet() == {}
    assert Notification.objects.count() == 1


def test_an_event_that_fails_holds_up_no_other(quiet, opening, say):
    broken = OutboxEvent.objects.create(
        kind=OutboxEvent.Kind.MEMBERS_NOTIFIED, topic=opening.topic, facts={"no": "members"}
    )
    say(opening)
    for attempt in range(1, 6):
        dispatch.dispatch_events()
        broken.refresh_from_db()
        assert (broken.failures, Notification.objects.count()) == (attempt, 1)
    dispatch.dispatch_events()
    broken.refresh_from_db()
    assert broken.failures == 5


def test_a_reply_that_fails_writes_no_event(opening, ben, mod):
    Topic.objects.get(pk=opening.topic_id).lock(by=mod)
    waiting = OutboxEvent.objects.count()
    with pytest.raises(Refused):
        opening.topic.reply(author=ben, parent=opening, body="Late", token=uuid4())
    assert OutboxEvent.objects.count() == waiting
