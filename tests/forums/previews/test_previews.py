"""A link that stands alone gets a preview of its page, as text and without anything from the other site."""

from uuid import uuid4

import pytest

from forums.models import LinkPreview
from forums.models.pictures.tries import MOST_TRIES
from forums.previews import fetching, metadata
from tests.config.fetching.test_fetcher import listening

PAGE = """<!doctype html><html><head><title>Fallback</title>
<meta property="og:title" content="Limes &amp; &lt;b&gt;oaks&lt;/b&gt;"><meta property="og:site_name" content="Trees">
<meta name="description" content="Shorter."><meta property="og:description" content="About
trees."><script>alert(1)</script></head><body><meta property="og:title" content="From the body">"""


def page(text, kind="text/html"):
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n{text}".encode()


@pytest.fixture
def elsewhere(settings):
    with listening(settings) as listener:
        listener.address = f"http://127.0.0.1:{listener.port}"
        listener.answers["/a"] = page(PAGE)
        yield listener


def test_a_link_that_stands_alone_gets_a_preview(elsewhere, say, opening):
    address = f"{elsewhere.address}/a"
    comment = say(opening, f"Look:\n\n{address}\n\nand {address} and [words]({address})")
    before = comment.body_html
    assert fetching.fetch_previews() == 1
    comment.refresh_from_db()
    rel = 'rel="nofollow ugc noopener"'
    link = f'<p><a href="{address}" {rel}>{address}</a></p>'
    assert comment.body_html == before.replace(
        link,
        f'{link}<div class="link-preview"><a href="{address}" {rel}>Limes &amp; &lt;b&gt;oaks&lt;/b&gt;</a>'
        "<br>About trees.<br><small>Trees</small></div>",
    )
    comment.edit(by=comment.author, body=f"Changed\n\n{address}")
    assert comment.body_html.count("link-preview") == 1
    comment.place_pictures()
    assert comment.body_html.count("link-preview") == 1


def test_a_page_is_fetched_once_for_all_comments(elsewhere, say, opening):
    first, second = (say(opening, f"{elsewhere.address}/a", token=uuid4()) for _ in range(2))
    assert (fetching.fetch_previews(), elsewhere.connections) == (2, 1)
    second.refresh_from_db()
    assert "Limes" in second.body_html
    first.delete_by_author()
    assert LinkPreview.objects.get().comment == second


def test_its_author_removes_a_preview_for_good(elsewhere, say, opening, ben, cleo, sign_in):
    comment = say(opening, f"{elsewhere.address}/a")
    fetching.fetch_previews()
    address, choice = f"/comments/{comment.pk}/edit/", {"without": LinkPreview.objects.get().pk}
    assert "Remove the preview “Limes" in sign_in(ben).get(address).text
    assert sign_in(cleo).post(address, {"body": comment.body} | choice).status_code == 403
    assert sign_in(ben).post(address, {"body": comment.body}).status_code == 303
    comment.refresh_from_db()
    assert "link-preview" in comment.body_html
    assert sign_in(ben).post(address, {"body": f"{comment.body}\n\nNew"} | choice).status_code == 303
    comment.refresh_from_db()
    assert ("link-preview" in comment.body_html, "New" in comment.body_html) == (False, True)
    comment.edit(by=ben, body=f"{elsewhere.address}/a\n\nagain")
    assert (fetching.fetch_previews(), "link-preview" in comment.body_html) == (0, False)


def test_a_page_without_a_title_is_asked_for_its_oembed(elsewhere, say, opening):
    head = '<link rel="alternate" type="application/json+oembed" href="/o.json">'
    elsewhere.answers |= {
        "/v": page(head),
        "/o.json": page('{"title": "A film", "html": "<script>alert(1)</script>"}', "application/json"),
    }
    comment = say(opening, f"{elsewhere.address}/v")
    fetching.fetch_previews()
    comment.refresh_from_db()
    assert '">A film</a><br><small>127.0.0.1</small></div>' in comment.body_html
    assert "script" not in comment.body_html


@pytest.mark.parametrize(
    "answer",
    [page("x", "image/png"), page("<html><head>"), b"HTTP/1.1 500 No\r\n\r\n", page("<!" * 9999)],
    ids=["an image", "no title", "an error", "broken HTML"],
)
def test_a_page_that_says_nothing_has_no_preview(elsewhere, say, opening, answer):
    elsewhere.answers["/a"] = answer
    comment = say(opening, f"{elsewhere.address}/a")
    for _ in range(MOST_TRIES):
        LinkPreview.objects.update(tried_at=None)
        fetching.fetch_previews()
    comment.refresh_from_db()
    assert (LinkPreview.objects.get().state, "link-preview" in comment.body_html) == ("nothing", False)


def test_without_previews_nothing_is_fetched(elsewhere, say, opening, settings):
    settings.LINK_PREVIEWS = False
    say(opening, f"{elsewhere.address}/a")
    assert (LinkPreview.objects.count(), fetching.fetch_previews()) == (0, 0)


def test_the_head_of_a_page_is_read_whatever_it_contains():
    assert metadata.read(PAGE) == ("Limes & <b>oaks</b>", "About trees.", "Trees", "")
    for hostile in (
        "",
        "<",
        "<![CDATA[",
        "<!doctype " * 9999,
        "<meta " * 9999,
        "<title>" * 9999,
        "&#xffffffff;",
    ):
        assert metadata.read(hostile).site == ""
