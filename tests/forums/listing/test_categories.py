"""The page of all categories."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.caching.evictable import cache
from forums.models import Category, Topic


def test_each_category_shows_its_topics_and_its_last_reply(visitor, town, open_topic):
    trees = Category.objects.create(name="Trees", slug="trees", parent=town)
    Category.objects.create(name="Empty", slug="empty")
    topics = [open_topic("Limes"), open_topic("Oaks", category=trees), open_topic("Hidden", category=trees)]
    Topic.objects.filter(pk=topics[2].pk).update(hidden_at=timezone.now())
    latest = timezone.now() + timedelta(hours=1)
    Topic.objects.filter(pk=topics[1].pk).update(last_comment_at=latest)
    cache.clear()
    page = visitor.get("/c/")
    found = {}
    for parent, own, children in page.context["categories"]:
        found |= {each.name: (of.topics, of.latest) for each, of in [(parent, own), *children]}
    assert found == {town.name: (2, latest), "Trees": (1, latest), "Empty": (0, None)}
    assert [page.text.count(f"<span>{words}</span>") for words in ("2 topics", "1 topic", "0 topics")] == [
        1,
        1,
        1,
    ]


def test_the_figures_are_counted_with_one_query_and_then_cached(sign_in, ben, town, open_topic):
    browser = sign_in(ben)
    costs = []
    for number in range(2):
        open_topic(f"Topic {number}")
        with CaptureQueriesContext(connection) as queries:
            browser.get("/c/")
        costs.append(sum("COUNT" in query["sql"] for query in queries))
    assert costs == [1, 0]
