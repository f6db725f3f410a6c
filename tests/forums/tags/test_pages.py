"""Pages, feeds and counts of tags, and what members watch or mute. Synonyms lead to the tag that they stand for."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forums.live.connections.updates import topics_changed
from forums.models import Category, Notification, Tag, Topic, Watch
from forums.models.community.tag import MOST
from forums.moderation.acts import topics
from forums.notifications import dispatch
from forums.tags import synonyms


def titles(browser, address):
    """Returns the titles of the rows of a list, in their order."""
    parts = browser.get(address).text.split("<h2>")[1:]
    return [part.partition('dir="auto">')[2].partition("<")[0] for part in parts if '<a href="/t/' in part]


@pytest.fixture
def orchard(open_topic, say):
    """Three topics; the oldest has the newest reply. Two of them have the tag "oak"."""
    first, second = open_topic("First", tags=["oak", "c++"]), open_topic("Second", tags=["oak"])
    third = open_topic("Third", tags=["elm"])
    say(first.comments.get())
    return first, second, third


def test_the_page_of_a_tag_has_the_lists_of_a_category(orchard, visitor, sign_in, ben):
    assert titles(visitor, "/tag/oak/") == ["First", "Second"]
    assert titles(visitor, "/tag/oak/?list=new") == ["Second", "First"]
    assert titles(visitor, "/tag/oak/?list=unanswered") == ["Second"]
    assert titles(sign_in(ben), "/tag/oak/?list=mine") == ["First"]
    assert titles(visitor, "/tag/c%2B%2B/") == ["First"]
    assert [visitor.get(f"/tag/{name}/").status_code for name in ("nothing", "a b'c")] == [404, 404]


def test_chips_change_with_the_tags_of_a_topic(orchard, visitor, sign_in, ben):
    first, *_ = orchard
    chip = '<a class="tag" href="/tag/ash/" dir="auto">ash</a>'
    pages = [(visitor, "/"), (sign_in(ben), "/"), (visitor, first.get_absolute_url())]
    assert [chip in browser.get(page).text for browser, page in pages] == [False] * 3
    first.set_tags(["ash"])
    assert [chip in browser.get(page).text for browser, page in pages] == [True] * 3
    assert titles(visitor, "/tag/oak/") == ["Second"]


def test_a_synonym_and_another_spelling_redirect(orchard, visitor):
    Tag.objects.create(name="oaks", synonym_of=Tag.objects.get(name="oak"))
    for name in ("oaks", "OAK"):
        answer = visitor.get(f"/tag/{name}/?list=new")
        assert (answer.status_code, answer.url) == (301, "/tag/oak/?list=new")


def test_counts_are_those_of_the_topics_that_the_viewer_may_see(
    orchard, vault, open_topic, mod, visitor, town
):
    first, second, third = orchard
    open_topic("Secret", category=vault, tags=["oak", "quince"])
    town.listed_tags = ["plum"]
    town.save()
    assert visitor.get("/tags/").context["tags"] == [("c++", 1), ("elm", 1), ("oak", 2), ("plum", 0)]
    topics.hide(third, by=mod, reason="Spam")
    second.comments.get().delete_by_author()
    assert visitor.get("/tags/").context["tags"] == [("c++", 1), ("oak", 1), ("plum", 0)]
    assert visitor.get("/tag/elm/").status_code == 404
    locations = visitor.get("/sitemap-lists.xml").text
    assert [f"/tag/{name}/" in locations for name in ("oak", "elm", "quince", "plum")] == [
        True, False, False, False,
    ]  # fmt: skip
    first.move(vault)
    assert visitor.get("/tags/").context["tags"] == [("plum", 0)]


def test_a_rename_and_a_merge_change_the_topics_and_keep_the_watches(orchard, town, ben, cleo, visitor):
    town.listed_tags = ["oak"]
    town.save()
    oak, elm = Tag.objects.get(name="oak"), Tag.objects.get(name="elm")
    for member in (ben, cleo):
        Watch.objects.choose(member, Watch.Level.WATCHING, tag=oak)
    Watch.objects.choose(ben, Watch.Level.MUTED, tag=elm)
    oak.name = "oaks"
    oak.change()
    synonyms.replace()
    assert [Topic.objects.get(pk=topic.pk).tags for topic in orchard] == [["c++", "oaks"], ["oaks"], ["elm"]]
    oak.synonym_of = elm
    oak.change()
    synonyms.replace()
    assert [Topic.objects.get(pk=topic.pk).tags for topic in orchard] == [["c++", "elm"], ["elm"], ["elm"]]
    assert set(elm.watches.values_list("member__username", "level")) == {
        ("Ben", "muted"),
        ("Cleo", "watching"),
    }
    assert Tag.objects.resolve(["oak", "oaks"]) == {"oak": "elm", "oaks": "elm"}
    assert Category.objects.get().listed_tags == ["elm"]
    assert visitor.get("/tag/oak/").url == "/tag/elm/"


def test_a_watched_tag_notifies_and_a_muted_one_leaves_the_lists(orchard, open_topic, sign_in, ben, cleo):
    dispatch.dispatch_events()
    browser, other = sign_in(ben), sign_in(cleo)
    assert browser.post("/tag/oak/watch/watching/").url == "/tag/oak/"
    browser.post("/tag/elm/watch/muted/")
    other.post("/tag/oak/watch/following/")
    fourth = open_topic("Fourth", tags=["oak"])
    open_topic("Fifth", tags=["elm", "oak"])
    dispatch.dispatch_events()
    found = Notification.objects.filter(kind="topic_opened").values_list("member__username", "topic")
    assert list(found) == [("Ben", fourth.pk)]
    assert titles(browser, "/") == ["Fourth", "First", "Second"]
    assert titles(browser, "/?list=watched") == ["Fourth", "First", "Second"]
    assert titles(other, "/?list=watched") == ["Fifth", "Fourth", "First", "Second"]
    assert "Without the categories and tags that you have muted" in browser.get("/").text
    assert titles(browser, "/tag/elm/") == ["Fifth", "Third"]
    assert browser.get("/watches/").text.count('class="tag"') == 2
    browser.post("/tag/elm/watch/none/")
    assert titles(browser, "/") == ["Fifth", "Fourth", "First", "Third", "Second"]
    assert Watch.objects.filter(tag__name="elm").count() == 0


def test_open_lists_learn_the_tags_of_changed_topics(orchard):
    first, *_ = orchard
    told = [{"topic": first.pk, "is_new": True}]
    (versions,) = topics_changed(told, None)
    assert '"tags":["c++","oak"]' in next(iter(versions.values()))


def test_more_topics_with_more_tags_cost_no_more_queries(open_topic, sign_in, ben):
    browser = sign_in(ben)

    def cost():
        for address in ("/", "/tag/oak/", "/?list=watched", "/tags/"):
            browser.get(address)
            with CaptureQueriesContext(connection) as queries:
                browser.get(address)
            yield len(queries)

    open_topic("One", tags=["oak"])
    Watch.objects.choose(ben, Watch.Level.WATCHING, tag=Tag.objects.get(name="oak"))
    few = list(cost())
    for number in range(20):
        open_topic(f"No. {number}", tags=["oak", *(f"t{number}-{each}" for each in range(MOST - 1))])
    assert list(cost()) == few
    assert max(few) <= 4
