"""Every feed is valid Atom (RFC 4287), and its ids and addresses hold outside the site."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.db.models import Value as V
from django.db.models.functions import Concat
from django.utils import timezone

from accounts.models import User
from forums import markup, urls
from forums.models import Category, Comment, Debate, Outcome, Topic
from forums.moderation.acts import comments, topics
from forums.records import writing

ATOM = "{http://www.w3.org/2005/Atom}"
FEEDS = {
    "feed-latest": "/feed/latest/",
    "feed-category": "/feed/c/town/",
    "feed-topic": "/feed/t/{topic}/",
    "feed-decisions": "/feed/decisions/",
    "feed-modlog": "/feed/modlog/",
    "feed-records": "/feed/records/",
}


def test_every_feed_is_tested_here():
    names = {
        getattr(each, "name", "") for each in urls.urlpatterns
    }  # those with a common beginning have none
    assert {name for name in names if name.startswith("feed-")} == set(FEEDS)


@pytest.fixture
def discussion(limes, opening, say, ben, mod):
    """A topic with comments of a member and of nobody, and with acts of a moderator."""
    say(opening, "See [the rules](/rules/), @Ada & <https://example.org/?a=1&b=2>.")
    orphan = say(opening, "Left behind.")
    Comment.objects.filter(pk=orphan.pk).update(author=None)
    comments.hide(say(opening, "Rude."), by=mod, reason="Rude & long")
    topics.pin(Topic.objects.get(pk=limes.pk), by=mod)
    now = timezone.now()
    Debate.announce(limes, by=mod, starts_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1))
    debate = Debate.objects.with_topic().get()
    Outcome.objects.decide(debate, by=mod, version=0, decision="Limes & [rules](/rules/).")
    writing.write_due()
    return limes


def read(visitor, name, topic, **options):
    response = visitor.get(FEEDS[name].format(topic=topic.pk), **options)
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


def text_of(element, name):
    (found,) = element.findall(ATOM + name)
    assert found.text and found.text.strip()
    return found.text


def check_common(element):
    """Check what feeds and entries both need (RFC 4287, sections 4.1.1 and 4.1.2)."""
    text_of(element, "title")
    assert datetime.fromisoformat(text_of(element, "updated")).tzinfo
    assert urlsplit(text_of(element, "id")).scheme in ("tag", "http", "https")
    (alternate,) = (link for link in element.findall(ATOM + "link") if link.get("rel") == "alternate")
    assert alternate.get("href").startswith(settings.SITE_URL + "/")


@pytest.mark.parametrize("name", FEEDS)
def test_the_feed_is_valid_atom(name, visitor, discussion):
    feed = read(visitor, name, discussion)
    assert feed.tag == ATOM + "feed"
    check_common(feed)
    (own,) = (link for link in feed.findall(ATOM + "link") if link.get("rel") == "self")
    assert own.get("href") == settings.SITE_URL + FEEDS[name].format(topic=discussion.pk)
    entries = feed.findall(ATOM + "entry")
    assert entries
    for entry in entries:
        check_common(entry)
        (author,) = entry.findall(ATOM + "author")
        text_of(author, "name")
        assert datetime.fromisoformat(text_of(entry, "published")).tzinfo
    ids = [text_of(element, "id") for element in (feed, *entries)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("name", sorted(FEEDS.keys() - {"feed-records"}))  # has no texts of members
def test_text_that_xml_cannot_hold_breaks_no_feed(name, visitor, discussion, mod):
    """Forms clean their texts, so code stores these."""
    bad = "A\x01\x1f\ufffe\uffff Z"
    topics.lock(Topic.objects.get(pk=discussion.pk), by=mod, reason=bad)
    Topic.objects.update(title=bad, excerpt=bad)
    Comment.objects.update(body_html=f"<p>{bad}</p>")
    Category.objects.update(name=bad)
    User.objects.filter(pk__in=Comment.objects.values("author")).update(username=Concat(V("A\x01 Z"), "pk"))
    texts = list(read(visitor, name, discussion).itertext())
    assert any("A Z" in text for text in texts)


@pytest.mark.parametrize("name", FEEDS)
def test_a_new_title_changes_no_id(name, visitor, discussion, mod):
    def ids():
        return [element.text for element in read(visitor, name, discussion).iter(ATOM + "id")]

    before = ids()
    topics.rename(Topic.objects.get(pk=discussion.pk), "Another title", by=mod)
    assert before and set(before) <= set(ids())


@pytest.mark.parametrize("name", FEEDS)
def test_addresses_do_not_follow_the_host_of_the_request(name, visitor, discussion):
    text = ElementTree.tostring(read(visitor, name, discussion, headers={"host": "localhost"})).decode()
    assert "http://localhost" not in text


def test_links_in_a_comment_are_complete(visitor, discussion):
    entries = read(visitor, "feed-topic", discussion).findall(ATOM + "entry")
    html = next(text for entry in entries if "the rules" in (text := text_of(entry, "summary")))
    assert [
        f'href="{settings.SITE_URL}/{path}/"' in html for path in ("rules", f"members/{discussion.author_id}")
    ] == [True, True]
    assert 'href="https://example.org/?a=1&amp;b=2"' in html
    assert 'href="/' not in html


@pytest.mark.parametrize(
    ("href", "complete"),
    [
        ("/u/Ada/", "https://a.example/u/Ada/"),
        ("#note", "https://a.example/t/1/#note"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("https://b.example/?a&amp;b", "https://b.example/?a&amp;b"),
    ],
)
def test_only_relative_links_change(href, complete):
    html = f'<p><a class="mention" href="{href}" rel="nofollow">x</a> &lt;a href="/x"&gt;</p>'
    assert markup.absolute_links(html, "https://a.example/t/1/") == html.replace(href, complete, 1)
