"""Pages need the same number of queries for 3 rows and for many."""

from uuid import uuid4

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.caching.evictable import cache
from forums.models import Category, Topic


def cost(browser, address) -> int:
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(address)
    assert answer.status_code == 200
    return len(queries)


@pytest.fixture(params=[3, 60], ids=["few", "many"])
def rows(request):
    return request.param


@pytest.fixture
def forum(rows, open_topic, ben, mod):
    """Creates `rows` categories and topics. The first topic is pinned."""
    topics = []
    for number in range(rows):
        category = Category.objects.create(name=f"Room {number}", slug=f"room-{number}")
        topics.append(open_topic(f"Topic {number}", category=category))
        topics[-1].reply(author=ben, parent=topics[-1].comments.get(), body="Yes.", token=uuid4())
    topics[0].pin(by=mod)
    return topics


def test_lists_cost_five_queries_and_three_when_warm(forum, sign_in, ben):
    browser = sign_in(ben)
    for address in ("/", "/?list=new", "/?list=top", "/?list=unanswered", "/?list=mine", "/c/room-0/"):
        for each in caches.all():
            each.clear()
        browser.get(address)  # the session is in the cache from here on
        cache.delete_pattern("categories:*")
        assert cost(browser, address) <= 5, address
        assert cost(browser, address) <= 3, address


@pytest.fixture
def discussion(rows, limes, opening, ben, cleo, say):
    """Creates `rows` comments, half of them replies to others. Some have votes and bookmarks by Cleo."""
    above = opening
    for number in range(rows):
        comment = say(opening if number % 2 else above, f"No. {number}", author=ben)
        above = comment if number % 5 else opening
    return limes


def test_a_topic_costs_seven_queries_and_five_when_warm(discussion, opening, say, sign_in, cleo):
    browser, address = sign_in(cleo), discussion.get_absolute_url()
    browser.get(address)
    say(opening, "Something new for Cleo")
    assert cost(browser, address) <= 7
    assert cost(browser, address) <= 5
    say(opening, "And a branch of it")
    branch = f"{address}?branch=2"
    assert cost(browser, branch) <= 7
    assert cost(browser, branch) <= 5


def test_a_visitors_warm_page_costs_none(forum, discussion, visitor):
    comment = discussion.comments.get(seq=2)
    for address in (
        "/", "/?list=top&period=all", "/c/", "/c/room-0/", discussion.get_absolute_url(), "/feed/latest/",
        f"{discussion.get_absolute_url()}?branch=2", f"{discussion.get_absolute_url()}?sort=new",
        f"/comments/{comment.pk}/history/", f"/feed/t/{discussion.pk}/", "/u/Ben/", "/u/Ben/?tab=comments",
    ):  # fmt: skip
        visitor.get(address)
        assert cost(visitor, address) == 0, address


def test_a_reply_costs_the_same_in_a_long_topic(discussion, ben):
    topic, opening = Topic.objects.get(pk=discussion.pk), discussion.comments.get(seq=1)
    with CaptureQueriesContext(connection) as queries:
        topic.reply(author=ben, parent=opening, body="Hear, hear!", token=uuid4())
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 5
