"""Search finds texts and titles, and its cost depends neither on the number of comments nor on their length."""

import json
import time
from random import Random
from threading import Event, Thread
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.web.semaphores import TAKEN, semaphore
from forums.models import Comment
from forums.search import find, index, marks, query

LONGEST = 39_900


def found(text, user=None):
    index.run()
    matches = find.find(user or AnonymousUser(), query.read(text)).matches
    bodies = dict(Comment.objects.filter(pk__in=[match.pk for match in matches]).values_list("pk", "body"))
    return [bodies[match.pk] for match in matches]


@pytest.fixture
def say(limes, opening, ben):
    """`say(text)` replies to the opening."""
    return lambda text, author=None: limes.reply(
        author=author or ben, parent=opening, body=text, token=uuid4()
    )


@pytest.fixture
def flood(limes, opening, ben):
    """`flood(texts)` writes many replies with few statements. Their place in the tree is of no interest."""

    def flood(texts):
        common = {"topic": limes, "parent": opening, "author": ben, "depth": 1, "path": ""}
        Comment.objects.bulk_create(
            [Comment(seq=seq, body=text, body_html="", **common) for seq, text in enumerate(texts, 2)],
            batch_size=1_000,
        )
        index.run()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE forums_comment, forums_searchentry")
            # Now, and not at the end of the test under the short timeout of a search.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    return flood


def test_it_finds_words_phrases_alternatives_and_leaves_out_words(say):
    for text in ("Plant two apple trees.", "Apple, then pear trees.", "Pear alone."):
        say(text)
    assert found("apple") == ["Apple, then pear trees.", "Plant two apple trees."]
    assert found("apples tree") == ["Plant two apple trees.", "Apple, then pear trees."]
    assert found('"apple trees"') == found("“apple trees”") == ["Plant two apple trees."]
    assert found("apple -pear") == ["Plant two apple trees."]
    assert sorted(found("two or alone")) == ["Pear alone.", "Plant two apple trees."]
    assert found("lime") == ["What do you think?"]  # by the title of its topic
    assert found("lime think") == ["What do you think?"]  # one word in the title, one in the text
    assert found("cherry") == []


@pytest.mark.parametrize(
    "text",
    ["zeppelin", "kite", "creme", "Crème", "example.org", "v2.0.1", "2.0", "上海", "海", "カメラ", "서울"],
)
def test_words_next_to_other_signs_and_in_other_scripts_are_found(say, text):
    said = "A “zeppelin”—not a kite… Crème! https://www.example.org/v2.0.1 我家在上海东边 新カメラ 서울에서"
    say("Another text: version 3.0.2 of example.com.")
    say(said)
    assert found(text) == [said]


def test_a_title_counts_more_than_a_text(open_topic, say):
    open_topic("An oak", body="What do you think?")
    say("Oak, oak, oak and oak.")
    assert found("oak") == ["What do you think?", "Oak, oak, oak and oak."]


def test_each_category_has_its_language(town, say, open_topic, settings):
    town.search_language = "german"
    town.save()
    say("Wir pflanzen Bäume.")
    assert found("Baum") == found("baume") == ["Wir pflanzen Bäume."]
    assert found("die Bäume") == ["Wir pflanzen Bäume."]
    town.search_language = "simple"
    town.save()
    assert (found("Baum"), found("Bäume")) == ([], ["Wir pflanzen Bäume."])


def test_an_edited_text_is_found_by_its_new_words_only(say, ben):
    comment = say("Plant apple trees.")
    comment.edit(by=ben, body="Plant pear trees.")
    assert (found("apple"), found("pear")) == ([], ["Plant pear trees."])


def test_a_rare_word_in_an_old_comment_is_found(flood, monkeypatch):
    monkeypatch.setattr(marks, "ERAS", (10, 50, 250))
    flood(["An old oak.", *["Common ground."] * 300])
    assert found("oak") == ["An old oak."]


def test_the_index_finds_what_reading_all_texts_finds(flood, monkeypatch):
    """Compares the newest matches, in the eras of a small site and among few candidates."""
    monkeypatch.setattr(marks, "ERAS", (10, 50, 250))
    monkeypatch.setattr(find, "FOUND", 15)
    monkeypatch.setattr(find, "PHRASED", 40)
    random = Random(4)
    trees = ["oak", "elm", "ash", "yew"]
    texts = [" ".join(random.choices(trees, range(1, 5), k=random.randint(1, 6))) for _ in range(400)]
    flood(texts)
    newest = texts[::-1]
    for one in trees:
        assert found(f"{one} order:new") == [text for text in newest if one in text][:15]
        for other in trees:
            both = [text for text in newest if one in text and other in text][: find.PHRASED]
            assert found(f"{one} {other} order:new") == both[:15]
            assert (
                found(f"{one} -{other} order:new")
                == [text for text in newest if one in text and other not in text][:15]
            )
            assert found(f'"{one} {other}" order:new') == [
                text for text in both if f" {one} {other} " in f" {text} "
            ]


def test_the_index_is_not_read_again_for_a_phrase(flood):
    flood(["An oak tree.", "A tree, an oak."])
    with CaptureQueriesContext(connection) as captured:
        find.find(AnonymousUser(), query.read('"oak tree"'))
    (ranked,) = (query["sql"] for query in captured if "ts_rank" in query["sql"])
    with connection.cursor() as cursor:
        # As if looking up each candidate cost more.
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL enable_indexscan = off")
    assert "search_words" not in json.dumps(plan(ranked))


def test_only_the_newest_matches_are_ranked(flood, monkeypatch):
    monkeypatch.setattr(find, "FOUND", 5)
    flood(["Oak oak oak oak.", *["The oak over there."] * 5])
    assert found("oak") == ["The oak over there."] * 5
    assert found("oak order:old") == ["Oak oak oak oak.", *["The oak over there."] * 4]


def test_what_others_may_not_read_is_not_found_even_if_it_is_all_new(
    flood, open_topic, vault, ben, monkeypatch
):
    monkeypatch.setattr(find, "FOUND", 2)
    flood(["A public oak."])
    for number in range(5):
        open_topic(f"Oak {number}", category=vault, body="A secret oak.")
    assert found("oak") == ["A public oak."]


def test_long_texts_that_share_a_word_are_ranked_without_parsing_them(flood, limes):
    words = " ".join(f"tree{number % 4_000}" for number in range(LONGEST))
    flood([f"oak {number} {words}"[:LONGEST] for number in range(320)])
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


@pytest.mark.parametrize(
    "text", ["ground", "oak", '"common ground"', "zzz", "ground author:ben", "ground in:town"]
)
def test_every_statement_uses_an_index(flood, text):
    flood([f"Common ground {number % 7} {'oak' if number % 50 == 0 else ''}" for number in range(3_000)])
    with CaptureQueriesContext(connection) as captured:
        find.find(AnonymousUser(), query.read(text))
    plans = [plan(query["sql"]) for query in captured if "forums_" in query["sql"]]
    assert 3 <= len(plans) <= 10
    assert [node for each in plans for node in scans(each)] == []


def plan(sql):
    """The plan of a statement, with the settings that a search uses."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        (answer,) = cursor.fetchone()
    return (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]


def scans(node):
    """The large tables that a plan reads from one end to the other."""
    large = ("forums_comment", "forums_topic", "forums_searchentry")
    is_scan = node["Node Type"] == "Seq Scan" and node["Relation Name"] in large
    return [node] * is_scan + [found for child in node.get("Plans", ()) for found in scans(child)]


@pytest.mark.django_db(transaction=True)
def test_more_searches_at_once_than_permits_are_refused_at_once(client):
    assert client.get("/search/?q=lime").status_code == 200
    taken, done = Event(), Event()
    holding = [Thread(target=hold_permit, args=(taken, done)) for _ in range(find.PERMITS)]
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
    with semaphore("search", permits=find.PERMITS, seconds=20):
        taken.set()
        done.wait(20)
    connection.close()
