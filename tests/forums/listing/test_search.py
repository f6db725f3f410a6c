"""Search finds texts and titles, and its cost depends neither on the number of comments nor on their length."""

import json
import time
from threading import Event, Thread
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.web.semaphores import TAKEN, semaphore
from forums.listing import search
from forums.models import Comment

SHARED = 320
LONGEST = 39_900


def found(text, user=None):
    pks = [comment.pk for comment in search.find(user or AnonymousUser(), text)]
    bodies = dict(Comment.objects.filter(pk__in=pks).values_list("pk", "body"))
    return [bodies[pk] for pk in pks]


@pytest.fixture
def say(limes, opening, ben):
    """`say(text)` replies to the opening."""
    return lambda text: limes.reply(author=ben, parent=opening, body=text, token=uuid4())


@pytest.fixture
def flood(limes, opening, ben):
    """`flood(texts)` writes many replies with one statement. Their place in the tree is of no interest."""

    def flood(texts):
        common = {"topic": limes, "parent": opening, "author": ben, "depth": 1, "path": ""}
        Comment.objects.bulk_create(
            [Comment(seq=seq, body=text, body_html="", **common) for seq, text in enumerate(texts, 2)]
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE forums_comment")

    return flood


def test_it_finds_words_phrases_alternatives_and_leaves_out_words(say):
    for text in ("Plant two apple trees.", "Apple, then pear trees.", "Pear alone."):
        say(text)
    assert found("apple") == ["Apple, then pear trees.", "Plant two apple trees."]
    assert found("apples tree") == ["Plant two apple trees.", "Apple, then pear trees."]
    assert found('"apple trees"') == ["Plant two apple trees."]
    assert found("apple -pear") == ["Plant two apple trees."]
    assert sorted(found("two or alone")) == ["Pear alone.", "Plant two apple trees."]
    assert found("lime") == ["What do you think?"]  # by the title of its topic
    assert found("cherry") == []


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("The Who", "Nothing to search for"),
        ("to be or not to be", "Nothing to search for"),
        ("?!", "Nothing to search for"),
        ("The Who concert", "Nothing found"),
    ],
)
def test_words_that_the_search_skips_are_not_said_to_be_missing(visitor, db, text, title):
    page = visitor.get("/search/", {"q": text}).text
    assert f"<h2>{title}</h2>" in page


def test_an_edited_text_is_found_by_its_new_words_only(say, ben):
    comment = say("Plant apple trees.")
    comment.edit(by=ben, body="Plant pear trees.")
    assert (found("apple"), found("pear")) == ([], ["Plant pear trees."])


def test_a_rare_word_in_an_old_comment_is_found(flood, monkeypatch):
    monkeypatch.setattr(search, "NEWEST", 10)
    flood(["An old oak.", *["Common ground."] * 300])
    assert found("oak") == ["An old oak."]


def test_only_the_newest_matches_are_ranked(flood, monkeypatch):
    monkeypatch.setattr(search, "RANKED", 5)
    flood(["Oak oak oak oak.", *["The oak over there."] * 5])
    assert found("oak") == ["The oak over there."] * 5


def test_what_others_may_not_read_is_not_found_even_if_it_is_all_new(
    flood, open_topic, vault, ben, monkeypatch
):
    monkeypatch.setattr(search, "NEWEST", 2)
    flood(["A public oak."])
    for number in range(5):
        open_topic(f"Oak {number}", category=vault, body="A secret oak.")
    assert found("oak") == ["A public oak."]


def test_long_texts_that_share_a_word_are_ranked_without_parsing_them(flood):
    words = " ".join(f"tree{number % 4_000}" for number in range(LONGEST))
    texts = [f"oak {number} {words}"[:LONGEST] for number in range(SHARED)]
    flood(texts)
    assert len(found("oak")) == search.SHOWN
    a_quarter = "SELECT max(length(to_tsvector(body))) FROM forums_comment WHERE id % 4 = 0"
    with connection.cursor() as cursor:
        assert shortest(lambda: found("oak")) < shortest(lambda: cursor.execute(a_quarter))


def shortest(work):
    """Returns the seconds of the shortest of three runs."""
    took = []
    for _ in range(3):
        started = time.perf_counter()
        work()
        took.append(time.perf_counter() - started)
    return min(took)


def test_every_statement_uses_an_index(flood):
    flood([f"Common ground {number % 7} {'oak' if number % 50 == 0 else ''}" for number in range(3_000)])
    with CaptureQueriesContext(connection) as captured:
        search.find(AnonymousUser(), "ground")
        search.find(AnonymousUser(), "oak")
    plans = [plan(query["sql"]) for query in captured if "FROM" in query["sql"]]
    steps, among = 1, search.NEWEST  # the rare word's steps depend on the ids that earlier tests have used
    while among < Comment.objects.latest("pk").pk:
        steps, among = steps + 1, among * search.GROWTH
    assert len(plans) == 7 + steps
    assert [node for each in plans for node in scans(each)] == []


def plan(sql):
    """The plan of a statement, with the settings that a search uses."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        (answer,) = cursor.fetchone()
    return (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]


def scans(node):
    """The tables of comments and topics that a plan reads from one end to the other."""
    is_scan = node["Node Type"] == "Seq Scan" and node["Relation Name"] in ("forums_comment", "forums_topic")
    return [node] * is_scan + [found for child in node.get("Plans", ()) for found in scans(child)]


@pytest.mark.django_db(transaction=True)
def test_more_searches_at_once_than_permits_are_refused_at_once(client):
    assert client.get("/search/?q=lime").status_code == 200
    taken, done = Event(), Event()
    holding = [Thread(target=hold_permit, args=(taken, done)) for _ in range(search.PERMITS)]
    try:
        for thread in holding:
            taken.clear()
            thread.start()
            assert taken.wait(20)
        started = time.monotonic()
        answer = client.get("/search/?q=lime")
        assert time.monotonic() - started < 4  # waiting for a permit would have no end
    finally:
        done.set()
        for thread in holding:
            thread.join()
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert TAKEN in answer.text
    assert '<a class="button" href="/search/?q=lime">Try again</a>' in answer.text
    assert client.get("/search/?q=lime").status_code == 200


def hold_permit(taken, done):
    with semaphore("search", permits=search.PERMITS, seconds=20):
        taken.set()
        done.wait(20)
    connection.close()


def test_results_are_grouped_by_topic_in_the_order_of_the_best_of_each(say, open_topic, ben, visitor):
    pears = open_topic("Pears", author=ben, body="Oak and pear.")
    for text in ("Oak oak oak.", "Oak with many other words around it."):
        say(text)
    shown = visitor.get("/search/?q=oak")
    groups = [(topic, len(comments)) for topic, comments in shown.context["topics"]]
    assert (groups[1], groups[0][1]) == ((pears, 1), 2)
    assert "3 comments found in 2 topics" in shown.text
    assert shown.text.count(f'<a href="{pears.get_absolute_url()}"') == 1


def similar(browser, title):
    return [topic.title for topic in browser.get("/search/similar/", {"title": title}).context["topics"]]


def test_a_new_title_finds_topics_that_share_words_with_it(sign_in, ben, open_topic, vault, limes):
    for title in ("Where to plant oaks", "Oaks and where to plant them in spring", "A river"):
        open_topic(title)
    open_topic("Plant a secret oak", category=vault)
    browser = sign_in(ben)
    assert similar(browser, "Where oaks") == [
        "Oaks and where to plant them in spring",
        "Where to plant oaks",
    ]
    assert similar(browser, "the river & !oak | 'x") == ["A river", *similar(browser, "oak")]
    assert similar(browser, "the and of") == []


def test_similar_topics_cost_the_same_for_few_and_for_many(open_topic):
    for number in range(9):
        open_topic(f"Oak {number}")
        with CaptureQueriesContext(connection) as captured:
            assert len(search.similar_topics(AnonymousUser(), "An oak")) == min(number + 1, search.SIMILAR)
        statements = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
        assert len(statements) == 4
    assert list(scans(plan(statements[-1]))) == []
