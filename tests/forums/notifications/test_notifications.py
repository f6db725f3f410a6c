"""The bell and the notifications page: unread and read notifications by topic."""

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
def spread(opening):
    """Dispatches the events of the topic itself."""
    dispatch.dispatch_events()
    return dispatch.dispatch_events


def on_bell(browser, address="/"):
    """Returns the number, or "" while it is hidden."""
    attributes, number = re.search(
        r'<span class="count"( hidden)?>([^<]*)<', browser.get(address).text
    ).groups()
    return "" if attributes else number


def groups(browser, address="/notifications/"):
    """Returns the title or words of each group, whether it is unread, and its size."""
    shown = browser.get(address).context["groups"]
    return [(str(group.topic or group.latest.words), group.is_unread, group.count) for group in shown]


def test_notifications_are_gathered_by_topic_what_waits_first(spread, sign_in, ada, opening, say, open_topic):
    browser = sign_in(ada)
    for _ in range(4):
        say(opening)
    other = open_topic("Or oaks?").comments.get()
    say(other)
    spread()
    assert on_bell(browser) == "5"
    assert groups(browser) == [("Or oaks?", True, 1), ("Shall we plant limes?", True, 4)]
    page = browser.get("/notifications/").text
    assert "4 replies" in page and "and 1 more" in page
    browser.get(other.topic.get_absolute_url())
    assert on_bell(browser) == "4"
    assert groups(browser) == [("Shall we plant limes?", True, 4), ("Or oaks?", False, 1)]
    say(other)
    spread()
    assert groups(browser) == [
        ("Or oaks?", True, 1),
        ("Shall we plant limes?", True, 4),
        ("Or oaks?", False, 1),
    ]


def test_what_a_page_shows_is_read_and_nothing_else(spread, sign_in, ada, opening, say, limes):
    browser = sign_in(ada)
    first, second = say(opening), say(opening)
    spread()
    assert on_bell(browser, f"{limes.get_absolute_url()}?branch={second.seq}") == "1"
    waiting = Notification.objects.unread().get(member=ada)
    assert waiting.comment == first
    browser.get(first.get_absolute_url(), follow=True)
    assert on_bell(browser) == ""


def test_a_page_that_stayed_open_reads_what_it_has_shown_since(spread, sign_in, ada, opening, say, limes):
    browser = sign_in(ada)
    browser.get(limes.get_absolute_url())
    first, second, third = say(opening), say(opening), say(opening)
    spread()

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


def test_what_was_seen_before_its_news_was_spread_is_read_when_it_comes(
    spread, sign_in, ada, ben, opening, say, limes
):
    first, second = say(opening), say(opening)
    address = f"{limes.get_absolute_url()}?branch={second.seq}"
    for member in (ada, ben):
        browser = sign_in(member)
        browser.get(address)
        browser.get(address)  # mentioned once
    spread()
    assert read(ada) == {first.pk: False, second.pk: True}
    assert not OutboxEvent.objects.exists()
    assert on_bell(sign_in(ada)) == "1"


def test_an_open_page_says_too_what_it_showed_before_the_news_was_spread(
    spread, sign_in, ada, opening, say, limes
):
    first, second = say(opening), say(opening)
    sign_in(ada).post(f"/t/{limes.pk}/seen/", {"seq": second.seq, "shown": second.seq})
    spread()
    assert read(ada) == {first.pk: False, second.pk: True}


@pytest.mark.parametrize("call", ["mention", "quote", "category", "branch"])
def test_whatever_called_them_counts_as_seen(spread, sign_in, cleo, opening, say, limes, call):
    own = say(opening, author=cleo)
    spread()
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
    spread()
    assert read(cleo)[new.pk]


def test_who_would_not_hear_of_it_says_nothing(spread, sign_in, ada, cleo, opening, say, limes):
    say(opening)
    for member in (cleo, ada):
        sign_in(member).get(limes.get_absolute_url())
    assert [news.actor for news in OutboxEvent.objects.filter(kind="comment_seen")] == [ada]


def test_nobody_says_that_they_have_seen_what_they_wrote(spread, sign_in, ada, opening, say, limes):
    say(opening, author=ada)
    sign_in(ada).get(limes.get_absolute_url())
    assert not OutboxEvent.objects.filter(kind="comment_seen").exists()


@pytest.mark.django_db(transaction=True)
def test_what_was_seen_waits_for_news_that_another_worker_holds(spread, sign_in, ada, opening, say, limes):
    new = say(opening)
    sign_in(ada).get(limes.get_absolute_url())

    def elsewhere():
        try:
            return spread()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as another, transaction.atomic():
        assert OutboxEvent.objects.select_for_update().get(kind="comment_added").comment == new
        assert another.submit(elsewhere).result() == 0
    assert OutboxEvent.objects.count() == 2
    assert spread() == 2
    assert read(ada) == {new.pk: True}


def test_nobody_else_reads_them(spread, sign_in, ada, ben, opening, say, limes):
    say(opening)
    spread()
    sign_in(ben).get(limes.get_absolute_url())
    sign_in(ben).post("/notifications/read/")
    assert on_bell(sign_in(ada)) == "1"
    assert sign_in(ada).post("/notifications/read/").url == "/notifications/"
    assert on_bell(sign_in(ada)) == ""
    assert groups(sign_in(ada)) == [("Shall we plant limes?", False, 1)]


def test_a_bell_counts_to_ninety_nine(spread, sign_in, ada, limes):
    notes = [
        Notification(member=ada, kind="comment_added", topic=limes, once=f"comment {number}")
        for number in range(120)
    ]
    Notification.objects.bulk_create(notes[:99])
    assert on_bell(sign_in(ada)) == "99"
    Notification.objects.bulk_create(notes[99:])
    assert on_bell(sign_in(ada)) == "99+"


def test_pages_of_notifications_follow_each_other(spread, sign_in, ada, say, open_topic):
    browser = sign_in(ada)
    topics = [open_topic(f"Topic {number}") for number in range(23)]
    for topic in topics:
        say(topic.comments.get())
    spread()
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


def test_pages_ask_for_the_number_at_the_cost_of_knowing_who_asks(spread, sign_in, ada, opening, say):
    browser = sign_in(ada)
    assert browser.get("/notifications/count/").json() == {"unread": 0}
    say(opening)
    spread()
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get("/notifications/count/")
    assert answer.json() == {"unread": 1} and answer["Cache-Control"] == "no-store"
    assert len(queries) == 1
    assert on_bell(browser) == "1"


@pytest.mark.parametrize("many", [2, 12])
def test_the_page_costs_the_same_for_few_and_for_many(spread, sign_in, ada, say, open_topic, many):
    for number in range(many):
        opening = open_topic(f"Topic {number}").comments.get()
        for _ in range(many):
            say(opening)
    spread()
    browser = sign_in(ada)
    browser.get("/notifications/")
    with CaptureQueriesContext(connection) as queries:
        browser.get("/notifications/")
    assert len(queries) == 4  # the member, the visible notifications, the groups, their texts


def test_who_has_nothing_to_read_in_a_topic_pays_nothing_for_the_look(
    spread, sign_in, ada, limes, opening, say, open_topic
):
    browser = sign_in(ada)
    other = open_topic("Or oaks?")
    for address in (limes.get_absolute_url(), other.get_absolute_url()):
        browser.get(address)
    with CaptureQueriesContext(connection) as before:
        browser.get(limes.get_absolute_url())
    say(other.comments.get())
    spread()
    with CaptureQueriesContext(connection) as after:
        browser.get(limes.get_absolute_url())
    assert len(after) == len(before)
    assert on_bell(browser) == "1"


def test_what_has_gone_out_of_sight_is_not_on_the_page(spread, sign_in, ada, opening, say, mod, vault, limes):
    browser = sign_in(ada)
    comment = say(opening, "Buy my watches")
    spread()
    Comment.objects.get(pk=comment.pk).set_hidden(by=mod)
    page = browser.get("/notifications/").text  # not spread yet
    assert "Buy my watches" not in page
    spread()
    assert on_bell(browser) == ""
    Comment.objects.get(pk=comment.pk).set_shown()
    Topic.objects.get(pk=limes.pk).move(vault)
    page = browser.get("/notifications/").text
    assert "Buy my watches" not in page and limes.title not in page
    spread()
    assert on_bell(browser) == ""


def test_the_page_puts_a_bell_right_that_nobody_told_of_a_closed_category(
    spread, sign_in, ada, opening, say, town, stewards
):
    browser = sign_in(ada)
    say(opening)
    spread()
    town.see_groups = [stewards.pk]
    town.save()
    assert on_bell(browser) == "1"
    assert on_bell(browser, "/notifications/") == "" and groups(browser) == []
    ada.groups.add(stewards)
    assert groups(browser) == [("Shall we plant limes?", True, 1)]
    assert on_bell(browser) == "1"


def test_what_a_moderator_did_is_told_in_words_and_not_with_the_title(spread, sign_in, ada, limes, vault):
    Topic.objects.get(pk=limes.pk).move(vault)
    told = {
        "kind": "moderated",
        "once": "action 7",
        "words": "Topic moved: off topic",
        "address": "/modlog/7/",
    }
    outbox.notify([ada.pk], topic=limes, **told)
    spread()
    browser = sign_in(ada)
    assert on_bell(browser) == "1"
    assert groups(browser) == [("Topic moved: off topic", True, 1)]
    page = browser.get("/notifications/").text
    assert '<a href="/modlog/7/">Topic moved: off topic</a>' in page and limes.title not in page
    assert groups(browser) == [("Topic moved: off topic", False, 1)]
    assert on_bell(browser) == ""


def test_the_page_of_a_topic_does_not_say_what_moderators_did_to_it(spread, sign_in, ada, limes):
    outbox.notify([ada.pk], topic=limes, kind="moderated", once="action 7", words="Topic locked.")
    outbox.notify([ada.pk], topic=limes, kind="ended", once="poll 1", words="Your poll has closed.")
    spread()
    assert on_bell(sign_in(ada)) == "2"
    assert on_bell(sign_in(ada), limes.get_absolute_url()) == "1"


def test_notifications_are_for_members(visitor, limes):
    assert visitor.get("/notifications/").url.startswith("/accounts/login/")
    assert visitor.post("/notifications/read/").url.startswith("/accounts/login/")
    assert visitor.get("/notifications/count/").url.startswith("/accounts/login/")
    assert visitor.get("/watches/").url.startswith("/accounts/login/")
    assert 'class="tool bell"' not in visitor.get("/").text


def test_open_tabs_hear_how_much_waits_and_no_others(
    spread, ada, cleo, opening, say, monkeypatch, limes, sign_in
):
    def bell(pk, number):
        return streams.encode("notified", stream=streams.member(pk), unread=number)

    heard = []
    monkeypatch.setattr(streams, "send", heard.append)
    Watch.objects.choose(cleo, Watch.Level.WATCHING, topic=limes)
    say(opening)
    heard.clear()
    spread()
    assert heard == [{streams.member(pk): bell(pk, 1) for pk in (ada.pk, cleo.pk)}]
    heard.clear()
    sign_in(ada).get(limes.get_absolute_url())
    assert {streams.member(ada.pk): bell(ada.pk, 0)} in heard
