"""Pages need the same number of queries for 3 rows and for many."""

from uuid import uuid4

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg._queries import MAX_CACHED_STATEMENT_LENGTH

from config.caching import cache_tags
from config.caching.evictable import cache
from forums.listing.topic_lists import TopicList
from forums.models import Bookmark, Category, Topic
from forums.reading import shared_page


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
    for topic in forum:
        Bookmark.objects.create(member=ben, comment=topic.comments.get(seq=1))
    lists = ("", "?list=new", "?list=top", "?list=unanswered", "?list=mine", "?list=watched", "c/room-0/")
    for address in (*(f"/{each}" for each in lists), "/u/Ada/", "/u/Ben/?tab=comments", "/bookmarks/"):
        for each in caches.all():
            each.clear()
        browser.get(address)
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


def test_a_topic_costs_eight_queries_and_five_when_warm(discussion, opening, say, sign_in, cleo):
    browser, address = sign_in(cleo), discussion.get_absolute_url()
    browser.get(address)
    say(opening, "Something new for Cleo")
    assert cost(browser, address) <= 8  # one loads the texts that must be rendered
    assert cost(browser, address) <= 5
    say(opening, "And a branch of it")
    branch = f"{address}?branch=2"
    assert cost(browser, branch) <= 8
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
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 2


def test_a_vote_costs_seven_queries_and_three_round_trips_to_redis(
    opening, sign_in, cleo, redis_round_trips, django_capture_on_commit_callbacks
):
    browser = sign_in(cleo)

    def vote(value):
        redis_round_trips.clear()
        with CaptureQueriesContext(connection) as queries, django_capture_on_commit_callbacks(execute=True):
            assert browser.post(f"/comments/{opening.pk}/vote/{value}/").status_code == 303
        statements = [query for query in queries if "SAVEPOINT" not in query["sql"]]
        return len(statements), len(redis_round_trips)

    vote("up")
    # The member, the comment; then its topic is locked, the comment and the old vote are read, the topic's version is
    # raised, and the vote is stored and counted. Redis: the limits, cache tags, the stream.
    assert vote("down") == (7, 3)
    assert vote("down") == (5, 1)
    assert vote("none") == (7, 3)
    opening.refresh_from_db()
    assert (opening.ups, opening.downs, opening.score) == (0, 0, 0)


@pytest.mark.parametrize(("accepts", "status", "trips"), [("text/html", 303, 5), ("text/x-row", 201, 6)])
def test_a_reply_costs_four_queries_and_six_round_trips_to_redis(
    limes,
    opening,
    sign_in,
    cleo,
    accepts,
    status,
    trips,
    redis_round_trips,
    django_capture_on_commit_callbacks,
):
    browser = sign_in(cleo)

    def reply():
        redis_round_trips.clear()
        sent = {"parent": opening.pk, "body": "Hear, hear!", "token": uuid4()}
        with CaptureQueriesContext(connection) as queries, django_capture_on_commit_callbacks(execute=True):
            answer = browser.post(f"/t/{limes.pk}/reply/", sent, headers={"Accept": accepts})
        assert answer.status_code == status
        statements = [query for query in queries if "SAVEPOINT" not in query["sql"]]
        return len(statements), len(redis_round_trips)

    reply()
    # The member, the comment that is answered; the topic is locked and counts, the reply is written.
    # Redis: cache tags, the limits; after the commit the task, cache tags, the stream; the HTML.
    assert reply() == (4, trips)


def test_postgres_keeps_its_plan_for_a_comment_that_a_page_renders(opening, monkeypatch):
    monkeypatch.setattr(connection.connection, "prepare_threshold", 2)  # as the site, and not as other tests

    def plans():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(sum(custom_plans), 0), coalesce(sum(generic_plans), 0) FROM pg_prepared_statements "
                """WHERE statement LIKE 'SELECT "forums_comment"."id", "forums_comment"."topic_id"%%hidden_in%%ANY%%'"""
            )
            return cursor.fetchone()

    custom, generic = plans()
    for _ in range(20):
        assert shared_page.load_comments((opening.pk,)) == [opening]
    made = plans()
    assert made[0] - custom <= 5 and made[1] - generic > 10


def test_psycopg_remembers_the_statements_of_members_pages(discussion, sign_in, cleo):
    """It converts placeholders of longer statements again each time, which takes as long as a tenth of a small page."""
    browser, lengths = sign_in(cleo), []

    def note(execute, sql, params, many, context):
        lengths.append(len(sql))
        return execute(sql, params, many, context)

    for address in ("/", "/c/town/", discussion.get_absolute_url()):
        browser.get(address)
        cache_tags.invalidate(cache_tags.LISTS)
        with connection.execute_wrapper(note):
            browser.get(address)
    assert len(lengths) >= 6
    assert max(lengths) <= MAX_CACHED_STATEMENT_LENGTH


def test_without_redis_a_list_reads_the_categories_once(forum, ben, rf, monkeypatch):
    monkeypatch.setattr(cache_tags, "read", lambda *names: None)
    request = rf.get("/")
    request.user = ben
    topics = TopicList(request)
    with CaptureQueriesContext(connection) as queries:
        topics.shared("/")
        topics.cache_key()
    assert len([query for query in queries if 'FROM "forums_category"' in query["sql"]]) == 1
