"""A stranger cannot cause much work: long, deep and often edited texts stay cheap."""

import time
from functools import partial
from xml.dom import minidom

import pytest

from forums import markup
from forums.models import Comment, Topic
from forums.models.discussion import paths
from forums.moderation.acts import comments
from forums.reading import revisions

CHAIN = 1_100


@pytest.fixture
def chain(limes, opening, ben):
    """Adds a chain of replies that is deeper than Python's recursion limit."""
    path, made = "", []
    for depth in range(1, CHAIN + 1):
        path += paths.component(depth + 1)
        said = {
            "body": f"Level {depth}.",
            "body_html": f"<p>Level {depth}.</p>",
            "author": ben,
            "topic": limes,
        }
        place = {"seq": depth + 1, "depth": depth, "path": path, "descendants": CHAIN - depth}
        made.append(Comment(pk=opening.pk + depth, parent_id=opening.pk + depth - 1, **said, **place))
    Comment.objects.bulk_create(made)
    Topic.objects.filter(pk=limes.pk).update(last_seq=CHAIN + 1, comment_count=CHAIN)
    return made[-1]


def test_a_chain_beyond_the_depth_of_calls_can_be_read(visitor, sign_in, cleo, limes, opening, chain):
    address = limes.get_absolute_url()
    for query in (f"?focus={chain.seq}", "?sort=new", f"?branch={chain.seq - 5}"):
        assert visitor.get(address + query).status_code == 200
    permalink = visitor.get(visitor.get(f"/comments/{chain.pk}/").headers["Location"]).text
    assert f"Level {CHAIN}." in permalink
    browser = sign_in(cleo)
    browser.get(address)
    cleo.visits.update(baseline_seq=1)
    new = browser.get(address + "?new=1")
    assert (new.status_code, "Level 1." in new.text) == (200, True)
    cleo.visits.update(baseline_seq=CHAIN)
    assert f"Level {CHAIN}." in browser.get(address + "?new=1").text


LONG = [
    ("a\n" * 19_000 + "b", "a\n" * 19_000 + "c\nd"),
    ("".join(f"x u{n} " for n in range(5_000)), "".join(f"x v{n} " for n in range(5_000))),
    ("".join(f"x\nu{n}\n" for n in range(3_000)), "".join(f"x\nv{n}\n" for n in range(3_000))),
    ("".join(f"{n % 7}\n" for n in range(600)), "".join(f"{n % 5}\n" for n in range(600))),
]


@pytest.mark.parametrize(("old", "new"), LONG)
def test_comparing_ends_when_its_time_is_up(old, new):
    began = time.thread_time()
    pieces = revisions.compare(old, new, began + 0.2)
    assert time.thread_time() - began < 2  # the standard library's `re` would need from ten seconds to hours
    assert "".join(text for kind, text in pieces if kind != "new") == old
    assert "".join(text for kind, text in pieces if kind != "old") == new


def test_a_long_history_comes_in_pages(visitor, mod, ada, opening):
    for number in range(2, 46):
        opening.edit(by=mod if number == 30 else ada, body=f"Text {number}.")
    address, seen = f"/comments/{opening.pk}/history/", []
    while address:
        answer = visitor.get(address)
        seen += [(version.number, version.by, version.body) for version in answer.context["versions"]]
        address = answer.context["older"] and f"/comments/{opening.pk}/history/{answer.context['older']}"
    texts = [(number, mod if number == 30 else ada, f"Text {number}.") for number in range(45, 1, -1)]
    assert seen == [*texts, (1, ada, "What do you think?")]
    assert answer.context["versions"][-1].changes == []
    assert all(version.changes for version in answer.context["versions"][:-1])
    for wrong in ("1", "0", "-1", "x", "9" * 5000, "٣"):
        assert visitor.get(f"/comments/{opening.pk}/history/?before={wrong}").status_code == 400


def test_no_text_breaks_a_feed(visitor, limes, opening, say):
    said = markup.clean("a\uffffb\ufffec\x0bd")
    assert said == "abcd"
    say(opening, said)
    limes.rename(markup.clean("T\uffff"))
    for address in (f"/feed/t/{limes.pk}/", "/feed/latest/"):
        assert minidom.parseString(visitor.get(address).content).documentElement.tagName == "feed"


def test_markup_that_a_member_typed_stays_text_in_feeds(visitor, open_topic, town):
    open_topic(title="<b>Hm</b>", body="<svg onload=alert(1)> & `<i>`")
    for address in ("/feed/latest/", f"/feed/c/{town.slug}/"):
        entry = minidom.parseString(visitor.get(address).content).getElementsByTagName("entry")[0]
        summary = entry.getElementsByTagName("summary")[0]
        assert summary.getAttribute("type") == "html"
        assert summary.firstChild.data == "&lt;svg onload=alert(1)&gt; &amp; &lt;i&gt;"
        assert entry.getElementsByTagName("title")[0].firstChild.data == "<b>Hm</b>"


def test_a_renamed_topic_leads_browsers_in_no_circle(sign_in, ben, limes):
    moved = sign_in(ben).get(f"/t/{limes.pk}/an-older-title/")
    assert (moved.status_code, moved.headers["Cache-Control"]) == (301, "private, no-cache")


@pytest.mark.parametrize("verb", ["delete_by_author", "restore", "hide"])
def test_a_second_click_counts_nothing_twice(limes, opening, say, mod, verb):
    said = say(say(opening))
    say(opening)
    if verb == "restore":
        said.set_hidden(by=mod)
    click = {
        "delete_by_author": Comment.delete_by_author,
        "restore": partial(comments.restore, by=mod),
        "hide": partial(comments.hide, by=mod),
    }[verb]
    for found in [Comment.objects.with_context().get(pk=said.pk) for _ in range(2)]:
        click(found)
    limes.refresh_from_db()
    shown = limes.comments.filter(deleted_at=None, hidden_at=None, seq__gt=1).count()
    assert limes.comment_count == shown == (3 if verb == "restore" else 2)
    assert limes.comments.get(seq=2).descendants == (0 if verb == "delete_by_author" else 1)


def test_what_is_deleted_and_hidden_is_not_restored(limes, opening, say, mod):
    said = say(opening)
    said.set_hidden(by=mod)
    said.delete_by_author()
    Comment.objects.get(pk=said.pk).set_shown()
    assert Topic.objects.get(pk=limes.pk).comment_count == 0
