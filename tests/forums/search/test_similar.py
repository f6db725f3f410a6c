"""While somebody types the title of a new topic, similar ones are shown."""

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forums.search import index, similar


def titles(browser, title):
    index.run()
    return [topic.title for topic in browser.get("/search/similar/", {"title": title}).context["topics"]]


def test_a_new_title_finds_topics_that_share_words_with_it(sign_in, ben, open_topic, vault, limes):
    for title in ("Where to plant oaks", "Oaks and where to plant them in spring", "A river"):
        open_topic(title)
    open_topic("Plant a secret oak", category=vault)
    browser = sign_in(ben)
    assert titles(browser, "Where oaks") == [
        "Oaks and where to plant them in spring",
        "Where to plant oaks",
    ]
    assert titles(browser, "the river & !oak | 'x") == ["A river", *titles(browser, "oak")]
    assert titles(browser, "the and of") == []


def test_similar_topics_cost_the_same_for_few_and_for_many(open_topic):
    similar.similar_topics(AnonymousUser(), "An oak")  # reads the stems
    costs = set()
    for number in range(9):
        open_topic(f"Oak {number}")
        index.run()
        with CaptureQueriesContext(connection) as captured:
            found = similar.similar_topics(AnonymousUser(), "An oak")
        assert len(found) == min(number + 1, similar.SIMILAR)
        costs.add(len([query for query in captured if "SAVEPOINT" not in query["sql"]]))
    assert costs == {4}
