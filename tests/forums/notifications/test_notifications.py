"""The unread counter and the notifications page: unread and read notifications by topic."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forums.live import streams
from forums.models import Comment, Notification, OutboxEvent, Topic, Watch
from forums.models.notifications import outbox
from forums.notifications import dispatch


@pytest.fixture
def dispatch_events(opening):
    """Dispatches the events of the topic itself."""
    dispatch.dispatch_events()
    return dispatch.dispatch_events


def unread_on(browser, address="/"):
    """Returns the number, or "" while it is hidden."""
    attributes, number = re.search(
        r'<span class="count"( hidden)?>([^<]*)<', browser.get(address).text
    ).groups()
    return "" if attributes else number


def groups(browser, address="/notifications/"):
    """Returns the title or words of each group, whether it is unread, and its size."""
    shown = browser.get(address).context["groups"]
    return [(str(group.topic or group.latest.words), group.is_unread, group.count) for group in shown]


def test_notifications_are_grouped_by_topic_unread_first(
    dispatch_events, sign_in, ada, opening, say, open_topic
):
    browser = sign_in(ada)
    for _ in range(4):
        say(opening)
    other = open_topic("Or oaks?").comments.get()
    say(other)
    dispatch_events()
    assert unread_on(browser) == "5"
    assert groups(browser) == [("Or oaks?", True, 1), ("Shall we plant limes?", True, 4)]
    page = browser.get("/notifications/").text
    assert "4 replies" in page and "and 1 more" in page
    browser.get(other.topic.get_absolute_url())
    assert unread_on(browser) == "4"
    assert groups(browser) == [("Shall we plant limes?", True, 4), ("Or oaks?", False, 1)]
    say(other)
    dispatch_events()
    assert groups(browser) == [
        ("Or oaks?", True, 1),
        ("Shall we plant limes?", True, 4),
        ("Or oaks?", False, 1),
    ]


def test_a_page_marks_what_it_shows_as_read_and_nothing_else(
    dispatch_events, sign_in, ada, opening, say, limes
):
    browser = sign_in(ada)
    first, second = say(opening), say(opening)
    dispatch_events()
    assert unread_on(browser, f"{limes.get_absolute_url()}?branch={second.seq}") == "1"
    waiting = Notification.objects.unread().get(member=ada)
    assert waiting.comment == first
    browser.get(first.get_absolute_url(), follow=True)
    assert unread_on(browser) == ""


def test_an_open_page_marks_what_it_has_shown_since_as_read(
    dispatch_events, sign_in, ada, opening, say, limes
):
    browser = sign_in(ada)
    browser.get(limes.get_absolute_url())
    first, second, third = say(opening), say(opening), say(opening)
    dispatch_events()

    def show(seq, *shown):
        browser.post(f"/t/{limes.pk}/seen/", {"seq": seq, "shown": ",".join(map(str, shown))})
        return [note.comment for note in Notification.objects.unread().order_by("comment__seq")]

    # A reply in another branch than the page's had arrived by then, but the page did not show it.
    assert show(third.seq, second.seq) == [first, third]
    # A shown reply is read, even if earlier ones are still unread.
    assert show(1, third.seq) == [first]
    assert show(third.seq) == [first]
    assert show(third.seq, *range(1, 5)) == []


def read(member):
    """Returns whether each of the member's notifications is read, by comment."""
    return {note.comment_id: note.read_at is not None for note in Notification.objects.of(member)}


def test_a_comment_seen_before_dispatch_is_notified_as_read(
    dispatch_events, sign_in, ada, ben, opening, say, limes
):
    first, second = say(opening), say(opening)
    address = f"{limes.get_absolute_url()}?branch={second.seq}"
    for member in (ada, ben):
        browser = sign_in(member)
        browser.get(address)
        browser.get(address)  # mentioned once
    dispatch_events()
    assert read(ada) == {first.pk: False, second.pk: True}
    assert not OutboxEvent.objects.exists()
    assert unread_on(sign_in(ada)) == "1"


def test_an_open_page_reports_comments_shown_before_dispatch(
    dispatch_events, sign_in, ada, opening, say, limes
):
    first, second = say(opening), say(opening)
    sign_in(ada).post(f"/t/{limes.pk}/seen/", {"seq": second.seq, "shown": second.seq})
    dispatch_events()
    assert read(ada) == {first.pk: False, second.pk: True}


@pytest.mark.parametrize("call", ["mention", "quote", "category", "branch"])
def test_every_kind_of_notification_counts_as_seen(dispatch_events, sign_in, cleo, opening, say, limes, call):
    own = say(opening, author=cleo)
    dispatch_events()
    Watch.objects.filter(member=cleo).delete()
    quote = f"> @Cleo [wrote](/comments/{own.pk}/):\n>\n> I think so too.\n\nNo!"
    body = {"mention": "@Cleo, look", "quote": quote}.get(call, "Beside it")
    if call == "category":
        Watch.objects.choose(cleo, "watching", category=limes.category)
    branch = say(opening)
    if call == "branch":
        Watch.objects.choose(cleo, "watching", comment=branch)
    new = say(branch, body)
    sign_in(cleo).get(new.get_absolute_url(), follow=True)
    dispatch_events()
    assert read(cleo)[new.pk]


def test_members_who_would_not_be_notified_write_no_seen_event(
    dispatch_events, sign_in, ada, cleo, opening, say, limes
):
    say(opening)
    for member in (cleo, ada):
        sign_in(member).get(limes.get_absolute_url())
    assert [event.actor for event in OutboxEvent.objects.filter(kind="comment_seen")] == [ada]


def test_own_comments_write_no_seen_event(dispatch_events, sign_in, ada, opening, say, limes):
    say(opening, author=ada)
    sign_in(ada).get(limes.get_absolute_url())
    assert not OutboxEvent.objects.filter(kind="comment_seen").exists()


@pytest.mark.django_db(transaction=True)
def test_a_seen_event_waits_for_the_event_that_another_worker_holds(
    dispatch_events, sign_in, ada, opening, say, limes
):
    new = say(opening)
    sign_in(ada).get(limes.get_absolute_url())

    def elsewhere():
        try:
            return dispatch_events()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as another, transaction.atomic():
        assert OutboxEvent.objects.select_for_update().get(kind="comment_added").comment == new
        assert another.submit(elsewhere).result() == 0
    assert OutboxEvent.objects.count() == 2
    assert dispatch_events() == 2
    assert read(ada) == {new.pk: True}


def test_nobody_else_marks_them_as_read(dispatch_events, sign_in, ada, ben, opening, say, limes):
    say(opening)
    dispatch_events()
    sign_in(ben).get(limes.get_absolute_url())
    sign_in(ben).post("/notifications/read/")
    assert unread_on(sign_in(ada)) == "1"
    assert sign_in(ada).post("/notifications/read/").url == "/notifications/"
    assert unread_on(sign_in(ada)) == ""
    assert groups(sign_in(ada)) == [("Shall we plant limes?", False, 1)]


def test_the_counter_stops_at_ninety_nine(dispatch_events, sign_in, ada, limes):
    notes = [
        Notification(member=ada, kind="comment_added", topic=limes, once=f"comment {number}")
        for number in range(120)
    ]
    Notification.objects.bulk_create(notes[:99])
    assert unread_on(sign_in(ada)) == "99"
    Notification.objects.bulk_create(notes[99:])
    assert unread_on(sign_in(ada)) == "99+"


def test_pages_of_notifications_follow_each_other(dispatch_events, sign_in, ada, say, open_topic):
    browser = sign_in(ada)
    topics = [open_topic(f"Topic {number}") for number in range(23)]
    for topic in topics:
        say(topic.comments.get())
    dispatch_events()
    seen = {group.topic for group in browser.get("/notifications/").context["groups"]}
    Notification.objects.filter(topic__in=topics[:21]).update(read_at=timezone.now())
    first = browser.get("/notifications/").context["groups"]
    assert [group.is_unread for group in first] == [True] * 2 + [False] * 18
    second = browser.get("/notifications/" + first.older).context["groups"]
    assert len(second) == 3 and second.older == "" and second.newest == "/notifications/"
    assert len({group.topic for page in (first, second) for group in page}) == 23 and len(seen) == 20


@pytest.mark.parametrize("before", ["2_5", "1_", "1_-4", "x", "1_" + "9" * 30])
def test_pages_that_cannot_be_are_refused(sign_in, ada, before):
    assert sign_in(ada).get(f"/notifications/?before={before}").status_code == 400


def test_the_counter_costs_no_query_beside_the_members_own(dispatch_events, sign_in, ada, opening, say):
    browser = sign_in(ada)
    assert browser.get("/notifications/count/").json() == {"unread": 0}
    say(opening)
    dispatch_events()
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get("/notifications/count/")
    assert answer.json() == {"unread": 1} and answer["Cache-Control"] == "no-store"
    assert len(queries) == 1
    assert unread_on(browser) == "1"


@pytest.mark.parametrize("many", [2, 12])
def test_the_page_costs_the_same_for_few_and_for_many(dispatch_events, sign_in, ada, say, open_topic, many):
    for number in range(many):
        opening = open_topic(f"Topic {number}").comments.get()
        for _ in range(many):
            say(opening)
    dispatch_events()
    browser = sign_in(ada)
    browser.get("/notifications/")
    with CaptureQueriesContext(connection) as queries:
        browser.get("/notifications/")
    assert len(queries) == 4  # the member, the visible notifications, the groups, their texts


def test_who_has_nothing_to_read_in_a_topic_pays_nothing_for_the_look(
    dispatch_events, sign_in, ada, limes, opening, say, open_topic
):
    browser = sign_in(ada)
    other = open_topic("Or oaks?")
    for address in (limes.get_absolute_url(), other.get_absolute_url()):
        browser.get(address)
    with CaptureQueriesContext(connection) as before:
        browser.get(limes.get_absolute_url())
    say(other.comments.get())
    dispatch_events()
    with CaptureQueriesContext(connection) as after:
        browser.get(limes.get_absolute_url())
    assert len(after) == len(before)
    assert unread_on(browser) == "1"


def test_what_has_gone_out_of_sight_is_not_on_the_page(
    dispatch_events, sign_in, ada, opening, say, mod, vault, limes
):
    browser = sign_in(ada)
    comment = say(opening, "Buy my watches")
    dispatch_events()
    Comment.objects.get(pk=comment.pk).set_hidden(by=mod)
    page = browser.get("/notifications/").text  # not dispatched yet
    assert "Buy my watches" not in page
    dispatch_events()
    assert unread_on(browser) == ""
    Comment.objects.get(pk=comment.pk).set_shown()
    Topic.objects.get(pk=limes.pk).move(vault)
    page = browser.get("/notifications/").text
    assert "Buy my watches" not in page and limes.title not in page
    dispatch_events()
    assert unread_on(browser) == ""


def test_the_page_corrects_the_counter_after_a_category_was_closed(
    dispatch_events, sign_in, ada, opening, say, town, stewards
):
    browser = sign_in(ada)
    say(opening)
    dispatch_events()
    town.see_groups = [stewards.pk]
    town.save()
    assert unread_on(browser) == "1"
    assert unread_on(browser, "/notifications/") == "" and groups(browser) == []
    ada.groups.add(stewards)
    assert groups(browser) == [("Shall we plant limes?", True, 1)]
    assert unread_on(browser) == "1"


def test_a_moderators_act_is_shown_in_words_without_the_title(dispatch_events, sign_in, ada, limes, vault):
    Topic.objects.get(pk=limes.pk).move(vault)
    facts = {
        "kind": "moderated",
        "once": "action 7",
        "words": "Topic moved: off topic",
        "address": "/modlog/7/",
    }
    outbox.notify([ada.pk], topic=limes, **facts)
    dispatch_events()
    browser = sign_in(ada)
    assert unread_on(browser) == "1"
    assert groups(browser) == [("Topic moved: off topic", True, 1)]
    page = browser.get("/notifications/").text
    assert '<a href="/modlog/7/">Topic moved: off topic</a>' in page and limes.title not in page
    assert groups(browser) == [("Topic moved: off topic", False, 1)]
    assert unread_on(browser) == ""


def test_the_page_of_a_topic_does_not_say_what_moderators_did_to_it(dispatch_events, sign_in, ada, limes):
    outbox.notify([ada.pk], topic=limes, kind="moderated", once="action 7", words="Topic locked.")
    outbox.notify([ada.pk], topic=limes, kind="ended", once="poll 1", words="Your poll has closed.")
    dispatch_events()
    assert unread_on(sign_in(ada)) == "2"
    assert unread_on(sign_in(ada), limes.get_absolute_url()) == "1"


def test_notifications_are_for_members(visitor, limes):
    assert visitor.get("/notifications/").url.startswith("/accounts/login/")
    assert visitor.post("/notifications/read/").url.startswith("/accounts/login/")
    assert visitor.get("/notifications/count/").url.startswith("/accounts/login/")
    assert visitor.get("/watches/").url.startswith("/accounts/login/")
    assert 'class="tool bell"' not in visitor.get("/").text


def test_only_the_members_open_pages_receive_the_new_number(
    dispatch_events, ada, cleo, opening, say, monkeypatch, limes, sign_in
):
    def message(pk, number):
        return streams.encode("notified", stream=streams.member(pk), unread=number)

    sent = []
    monkeypatch.setattr(streams, "send", lambda messages, trace: sent.append(messages))
    Watch.objects.choose(cleo, Watch.Level.WATCHING, topic=limes)
    say(opening)
    sent.clear()
    dispatch_events()
    assert sent == [{streams.member(pk): message(pk, 1) for pk in (ada.pk, cleo.pk)}]
    sent.clear()
    sign_in(ada).get(limes.get_absolute_url())
    assert {streams.member(ada.pk): message(ada.pk, 0)} in sent
