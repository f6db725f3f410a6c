"""Short examples of HTML as Discourse and Stack Exchange store it."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from forums.markup import excerpt, render, sanitise
from forums.markup.markdown_writer import to_markdown

DATA = Path(__file__).parents[4] / "shared" / "data"
BASE = "https://old.example/t/7"
REL = 'rel="nofollow ugc noopener"'


def test_a_quote_box_becomes_a_quote_that_begins_with_its_author():
    box = (
        '<aside class="quote no-group" data-username="ada" data-post="1"><div class="title">'
        '<div class="quote-controls"></div><img class="avatar" src="https://x.example/a.png"> ada:</div>'
        "<blockquote><p>Well.</p></blockquote></aside><p>Yes.</p>"
    )
    assert sanitise(box) == (
        f'<blockquote><p><a href="/u/ada/" class="mention" {REL}>@ada</a> wrote:</p><p>Well.</p></blockquote>'
        "<p>Yes.</p>"
    )
    assert to_markdown(sanitise(box)) == "> @ada wrote:\n>\n> Well.\n\nYes."


def test_a_picture_that_opens_larger_is_the_large_one_without_its_caption():
    box = (
        '<div class="lightbox-wrapper"><a class="lightbox" href="//x.example/b.png"><img src="/a.png" alt="A">'
        '<div class="meta"><svg><use href="#x"></use></svg><span class="filename">b</span></div></a></div>'
    )
    assert sanitise(box, BASE) == (f'<p><a href="https://x.example/b.png" class="picture" {REL}>A</a></p>')
    assert to_markdown(sanitise(box, BASE)) == "![A](https://x.example/b.png)"


def test_a_preview_of_a_page_becomes_a_link_with_its_title():
    box = (
        '<aside class="onebox x"><header class="source"><a href="https://x.example/p">x.example</a></header>'
        '<article class="onebox-body"><h3><a href="https://x.example/p">A page</a></h3><p>Long words.</p></article>'
        '<div class="onebox-metadata"></div></aside>'
    )
    assert sanitise(box) == f'<p><a href="https://x.example/p" {REL}>A page</a></p>'


def test_videos_become_links():
    assert sanitise('<div class="lazyYT" data-youtube-id="a-b_1" data-youtube-title="T"></div>') == (
        f'<p><a href="https://www.youtube.com/watch?v=a-b_1" {REL}>T</a></p>'
    )
    assert sanitise('<iframe src="https://v.example/1"></iframe>') == (
        f'<p><a href="https://v.example/1" {REL}>https://v.example/1</a></p>'
    )


def test_emoji_mentions_and_spoilers_become_ours():
    assert sanitise(
        '<img class="emoji" title=":wink:" alt=":wink:" src="/e.png"> <img class="emoji" title="x&y">'
    ) == ("😉 :x&amp;y:")
    assert '">@Gąska</a>' in sanitise('<a class="mention" href="/u/x">@Gąska</a>')
    assert sanitise('<a class="mention" href="/u/adal">@AdaL</a>') == (
        f'<a href="/u/AdaL/" class="mention" {REL}>@AdaL</a>'
    )
    assert sanitise('<div class="spoiler"><p>x</p></div><span class="spoiler">y</span>') == (
        '<details class="spoiler"><summary>Spoiler</summary><p>x</p></details>'
        '<span class="spoiler" tabindex="0">y</span>'
    )


def test_a_poll_is_removed_and_the_words_around_it_stay():
    assert sanitise('<p>a</p><div class="poll" data-poll-name="p"><ul><li>One</li></ul></div><p>b</p>') == (
        "<p>a</p><p>b</p>"
    )


@pytest.mark.parametrize(
    ("player", "address"),
    [
        (
            '<audio controls><source src="https://x.example/a.mp3"></audio>',
            "https://x.example/a.mp3",
        ),
        (
            '<video><source src="https://x.example/a.webm"><track src="/t.vtt"></video>',
            "https://x.example/a.webm",
        ),
        ('<embed src="https://x.example/a.swf">', "https://x.example/a.swf"),
    ],
)
def test_text_after_a_player_is_kept(player, address):
    assert sanitise(f"<p>a</p>{player}<p>kept</p>") == (
        f'<p>a</p><p><a href="{address}" {REL}>{address}</a></p><p>kept</p>'
    )


VOID = "area base basefont bgsound br col embed frame hr img input keygen link param source track wbr"


@pytest.mark.parametrize("tag", VOID.split())
def test_text_after_any_element_without_an_end_is_kept(tag):
    assert "kept" in sanitise(f"<p>a</p><{tag} src=x><p>kept</p>")


def test_text_inside_a_player_is_kept_beside_its_link():
    assert sanitise('<video src="https://x.example/v.mp4">A talk about trees</video>') == (
        f'<p><a href="https://x.example/v.mp4" {REL}>https://x.example/v.mp4</a></p><p>A talk about trees</p>'
    )


def test_the_raw_text_of_a_frame_is_dropped_and_what_follows_is_kept():
    assert sanitise("<iframe></0><li><table><li></iframe><p>kept</p>") == "<p>kept</p>"


def test_words_of_unusual_blocks_do_not_run_together():
    assert sanitise("<dl><dt>a</dt><dd>b</dd></dl><address>c</address>d") == "<p>a</p><p>b</p><p>c</p>d"


def test_a_form_loses_its_fields_and_keeps_its_words():
    assert sanitise("<form><p>a</p><input name=x>b</form>c") == "<p>a</p>bc"


def test_a_link_with_an_unusual_scheme_keeps_its_address_as_text():
    assert sanitise('<p><a href="gopher://x.example/1">y</a></p>') == "<p>y (gopher://x.example/1)</p>"
    assert sanitise('<a href="xmpp:a@x.example">y</a>') == f'<a href="xmpp:a@x.example" {REL}>y</a>'
    assert sanitise('<a href="javascript:x()">y</a>') == f"<a {REL}>y</a>"


def test_a_picture_without_an_address_keeps_its_description():
    assert sanitise('<p><img src="data:image/png;base64,AA" alt="A tree"></p>') == "<p>A tree</p>"


def test_line_ends_of_html_are_spaces_in_markdown_and_breaks_are_line_breaks():
    assert to_markdown("<p>one\ntwo<br>three</p><pre>a\nb</pre>") == "one two  \nthree\n\n```\na\nb\n```"


def test_code_is_coloured_and_comes_back_in_a_fence_that_holds_it():
    html = sanitise('<pre><code class="lang-cpp">int a;\n```\n</code></pre>')
    assert '<code class="language-cpp"><span class="kt">int</span>' in html
    assert to_markdown(html) == "````cpp\nint a;\n```\n````"


def test_relative_addresses_are_those_of_the_old_site():
    assert sanitise('<a href="/t/3">x</a>', BASE) == f'<a href="https://old.example/t/3" {REL}>x</a>'


def test_a_picture_in_a_link_stands_before_the_link():
    assert sanitise('<a href="http://x.example/"><img src="http://x.example/a.png"></a>') == (
        f'<a href="http://x.example/a.png" class="picture" {REL}>http://x.example/a.png</a> '
        f'<a href="http://x.example/" {REL}>http://x.example/</a>'
    )


@pytest.mark.parametrize(
    "body",
    [
        "Words with *em*, **strong**, ~~gone~~ and `code`.",
        "- one\n- two\n  - three",
        "1. one\n2. two",
        "> quote\n>\n> > deeper",
        "||hidden|| and @ada",
        ">! hidden\n>!\n>! more",
        "- [ ] open\n- [x] done",
        "| a | b |\n| --- | --- |\n| 1 | 2 |",
        "```python\nprint(1)\n```",
        "### Title\n\nText",
        "one\ntwo\n\n> three\n> four\n\n- five\n  six",
        "[a](https://x.example) ![b](https://x.example/b.png)",
        "1\\) no list, \\# no heading, a \\\\ backslash, \\`no code\\`, 2 \\|| 3 \\||",
    ],
)
def test_a_comment_that_went_through_html_renders_the_same(body):
    html = render(body).html
    again = render(to_markdown(html)).html
    assert again.split() == html.split()


def discourse_posts():
    for path in sorted((DATA / "discourse-urho3d").glob("posts/json/*.json")):
        for post in json.loads(path.read_text())["post_stream"]["posts"]:
            yield post["cooked"], "https://discourse.urho3d.io/"


def stack_exchange_posts():
    for row in ElementTree.parse(DATA / "stackexchange-quantumcomputing" / "Posts.xml").getroot():
        yield row.attrib["Body"], "https://quantumcomputing.stackexchange.com/"


@pytest.mark.skipif(not DATA.exists(), reason="the real discussions are not on this machine")
@pytest.mark.parametrize("posts", [discourse_posts, stack_exchange_posts])
def test_real_posts_keep_their_words_through_sanitising_and_back(posts):
    total = same = 0
    for html, base in posts():
        clean = sanitise(html, base)
        assert sanitise(clean) == clean
        total += 1
        same += render(to_markdown(clean)).excerpt == excerpt(clean)
    assert total > 1_900
    assert same > 0.99 * total
