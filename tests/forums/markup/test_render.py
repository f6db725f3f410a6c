"""The Markdown dialect, one construct at a time."""

from urllib.parse import quote

import pytest

from forums import markup
from forums.markup import render

REL = 'rel="nofollow ugc noopener"'


def html(body):
    return render(body).html


def test_paragraphs_emphasis_and_strike_through():
    assert html("*a* **b** ~~c~~ `d`") == "<p><em>a</em> <strong>b</strong> <s>c</s> <code>d</code></p>"


def test_raw_html_is_shown_as_text():
    assert html("<b>x</b> <!-- y -->") == "<p>&lt;b&gt;x&lt;/b&gt; &lt;!-- y --&gt;</p>"
    assert html("<script>alert(1)</script>") == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"


def test_headings_begin_below_the_headings_of_the_page_and_keep_their_steps():
    assert html("# a\n## b\n###### c") == "<h3>a</h3>\n<h4>b</h4>\n<h6>c</h6>"
    assert html("## a\n### b") == "<h3>a</h3>\n<h4>b</h4>"


@pytest.mark.parametrize(
    ("body", "address", "after"),
    [
        ("https://example.org", "https://example.org", ""),
        ("see http://example.org/a_b_c.", "http://example.org/a_b_c", "."),
        ("(https://example.org/x_(y))", "https://example.org/x_(y)", ")"),
        ("**https://example.org/**", "https://example.org/", ""),
        ("https://münchen.example/ü", "https://münchen.example/ü", ""),
        ("<https://example.org/a>", "https://example.org/a", ""),
        ("https://example.com/foo。次の文。", "https://example.com/foo", "。次の文。"),
        ("https://example.com/foo、", "https://example.com/foo", "、"),
        ("見てhttps://example.com/foo！", "https://example.com/foo", "！"),
        ("https://example.com/foo（参照）", "https://example.com/foo", "（参照）"),
        ("https://zh.example.org/信（电影）。", "https://zh.example.org/信（电影）", "。"),
        ("https://ja.example.org/wiki/日本語", "https://ja.example.org/wiki/日本語", ""),
        ("https://ja.example.org/トム・ハンクス", "https://ja.example.org/トム・ハンクス", ""),
        ("https://ar.example.org/wiki/كتاب، ثم", "https://ar.example.org/wiki/كتاب", "، ثم"),
        ("https://hi.example.org/हिन्दी।", "https://hi.example.org/हिन्दी", "।"),
        ("https://fr.example.org/L’Équipe’", "https://fr.example.org/L’Équipe", "’"),
        ("«https://example.org/three»", "https://example.org/three", "»"),
        ("„https://example.org/three“", "https://example.org/three", "“"),
        ("‹https://example.org/three›.", "https://example.org/three", "›."),
        ("「https://example.org/three」", "https://example.org/three", "」"),
        ("https://example.org/one—and", "https://example.org/one", "—and"),
        ("https://example.org/one…", "https://example.org/one", "…"),
        ("{https://example.org/one}", "https://example.org/one", "}"),
        ("https://example.org/one\u200bmore", "https://example.org/one", "\u200bmore"),
    ],
)
def test_a_bare_address_becomes_a_link_without_the_punctuation_around_it(body, address, after):
    assert f">{address}</a>{after}" in html(body)


@pytest.mark.parametrize(
    "body", ["readme.md", "example.org", "ada@example.org", "ftp://x.org", "https://", "ahttps://x.org"]
)
def test_what_is_not_clearly_an_address_stays_text(body):
    assert html(body) == f"<p>{body}</p>"


def test_an_address_in_the_label_of_a_link_does_not_end_the_label():
    assert html("[https://a.example](https://b.example)") == (
        f'<p><a href="https://b.example" {REL}>https://a.example</a></p>'
    )


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "JaVaScRiPt:x", "data:text/html,x", "vbscript:x", "file:///etc"]
)
def test_dangerous_addresses_are_no_links(address):
    assert "<a" not in html(f"[x]({address}) <{address}> [y][z]\n\n[z]: {address}")


@pytest.mark.parametrize(
    "address",
    [
        "mailto:ada@example.org",
        "xmpp:someone@example.org",
        "tel:+49301234",
        "sip:ada@example.org",
        "matrix:r/room:example.org",
        "magnet:?xt=urn:btih:abc",
        "geo:52.5,13.4",
        "MAILTO:ada@example.org",
    ],
)
def test_harmless_schemes_make_links(address):
    assert html(f"[y]({address})") == f'<p><a href="{address}" {REL}>y</a></p>'


@pytest.mark.parametrize(
    "body",
    [
        "[y](gopher://example.org)",
        "see [y](steam://run/1) there",
        "![y](ftp://example.org/a.png)",
        "&lt;irc://example.org/room&gt;",
    ],
)
def test_an_address_of_another_scheme_stays_as_typed(body):
    assert html(body.replace("&lt;", "<").replace("&gt;", ">")) == f"<p>{body}</p>"


def test_a_reference_to_an_address_of_another_scheme_stays_as_typed():
    assert html("[y][z]\n\n[z]: gopher://example.org") == "<p>[y][z]</p>\n<p>[z]: gopher://example.org</p>"


def test_footnotes_are_shown_as_typed():
    assert html("True.[^1]\n\n[^1]: https://x.example") == (
        f'<p>True.[^1]</p>\n<p>[^1]: <a href="https://x.example" {REL}>https://x.example</a></p>'
    )
    assert html("True.[^a]\n\n[^a]: note") == "<p>True.[^a]</p>\n<p>[^a]: note</p>"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("**真，**她", "<strong>真，</strong>她"),
        ("她说**“真”**吗", "她说<strong>“真”</strong>吗"),
        ("これは**「強調」**です", "これは<strong>「強調」</strong>です"),
        ("**마크다운(Markdown)**은", "<strong>마크다운(Markdown)</strong>은"),
        ("真~~（错）~~的", "真<s>（错）</s>的"),
        ("真||（密）||的", '真<span class="spoiler" tabindex="0">（密）</span>的'),
        ("*。*她", "<em>。</em>她"),
        ("a**“b”**c", "a**“b”**c"),
        ("2 ** 3 ** 4", "2 ** 3 ** 4"),
    ],
)
def test_emphasis_may_touch_letters_of_scripts_without_spaces(body, expected):
    assert html(body) == f"<p>{expected}</p>"


def test_a_single_line_break_is_kept():
    assert html("Roses are red,\nviolets are blue.") == "<p>Roses are red,<br>\nviolets are blue.</p>"
    assert html("one  \ntwo\\\nthree") == "<p>one<br>\ntwo<br>\nthree</p>"


def test_an_upload_is_an_image_and_an_image_of_another_site_is_a_place_for_its_copy():
    key = "a" * 20 + "-_"
    assert html(f"![A cat](/pictures/{key}/)") == (
        f'<p><img src="/pictures/{key}/" alt="A cat" loading="lazy" decoding="async"></p>'
    )
    assert html('![A <cat>](https://x.example/c.png "Cat")') == (
        f'<p><a href="https://x.example/c.png" title="Cat" class="picture" {REL}>A &lt;cat&gt;</a></p>'
    )
    assert html("![](http://x.example/c.png)") == (
        f'<p><a href="http://x.example/c.png" class="picture" {REL}>http://x.example/c.png</a></p>'
    )


def test_no_link_is_lost_around_an_image_of_another_site():
    assert html("[a ![b](https://x.example/b.png)](https://y.example/)") == (
        f'<p><a href="https://x.example/b.png" class="picture" {REL}>b</a> '
        f'<a href="https://y.example/" {REL}>a </a></p>'
    )
    assert html("[![b](https://x.example/b.png)](https://y.example/)") == (
        f'<p><a href="https://x.example/b.png" class="picture" {REL}>b</a> '
        f'<a href="https://y.example/" {REL}>https://y.example/</a></p>'
    )


def test_an_image_that_is_no_upload_is_a_link_to_its_address():
    assert html("![Out](/accounts/logout/)") == f'<p><a href="/accounts/logout/" {REL}>Out</a></p>'
    assert html("![x](/pictures/../../logout/)") == f'<p><a href="/pictures/../../logout/" {REL}>x</a></p>'


def test_texts_that_were_stored_with_images_of_other_sites_load_none():
    stored = (
        '<p>a <img src="https://x.example/c.png" alt="c" loading="lazy" referrerpolicy="no-referrer"></p>'
    )
    shown = f'<p>a <a href="https://x.example/c.png" class="picture" {REL}>c</a></p>'
    assert markup.without_remote_pictures(stored) == shown
    assert markup.without_remote_pictures(shown) == shown
    assert "<img" not in markup.absolute_links(stored, "https://here.example/")


def test_an_inline_spoiler_can_be_focused_and_a_lonely_marker_is_text():
    assert html("a ||b *c*|| d") == '<p>a <span class="spoiler" tabindex="0">b <em>c</em></span> d</p>'
    assert html("if a || b") == "<p>if a || b</p>"
    assert html("`||x||`") == "<p><code>||x||</code></p>"


def test_a_spoiler_block_holds_other_blocks_and_ends_with_its_marker():
    assert html("text\n>! one\n>!\n>! - two\nthree") == (
        '<p>text</p>\n<details class="spoiler">\n<summary>Spoiler</summary>\n'
        "<p>one</p>\n<ul>\n<li>two</li>\n</ul>\n</details>\n<p>three</p>"
    )


def test_a_spoiler_may_stand_in_a_list_and_a_quote():
    assert '<li><details class="spoiler">' in html("- >! x").replace("\n", "")
    assert '<blockquote><details class="spoiler">' in html("> >! x").replace("\n", "")


def test_code_is_coloured_with_classes_under_any_of_its_names():
    assert html("```py\nif x: pass\n```") == (
        '<pre><code class="language-python"><span class="k">if</span> x: <span class="k">pass</span>\n</code></pre>'
    )
    assert 'class="language-cpp"' in html("```C++\nint x;\n```")


def test_code_in_an_unknown_language_is_plain():
    assert html("```klingon\n<x>\n```") == "<pre><code>&lt;x&gt;\n</code></pre>"


def test_code_too_long_to_colour_keeps_every_character():
    source = "x = 1\n" * 4_000
    result = html(f"```python\n{source}```")
    assert result == f'<pre><code class="language-python">{source}</code></pre>'


def test_tables_scroll_in_a_box_and_align_by_class():
    assert html("| a | b |\n|---|--:|\n| 1 | 2 |").replace("\n", "") == (
        '<div class="table-scroll"><table><thead><tr><th>a</th><th class="align-right">b</th></tr></thead>'
        '<tbody><tr><td>1</td><td class="align-right">2</td></tr></tbody></table></div>'
    )


def test_an_empty_heading_of_a_table_is_a_plain_cell():
    head = html("| | b |\n|---|---|\n| 1 | 2 |").replace("\n", "").split("</thead>")[0]
    assert head == '<div class="table-scroll"><table><thead><tr><td></td><th>b</th></tr>'


def test_tasks_are_ticked_boxes_that_cannot_be_changed_labelled_by_their_words():
    box = '<input class="task-list-item-checkbox" disabled="" type="checkbox"'
    result = html("- [ ] **a**\n- [x] b\n- c").replace('class="task-list-item-checkbox" ', "")
    box = '<input disabled="" type="checkbox"'
    assert result == (
        '<ul class="contains-task-list">\n'
        f'<li class="task-list-item"><label>{box}> <strong>a</strong></label></li>\n'
        f'<li class="task-list-item"><label>{box} checked=""> b</label></li>\n<li>c</li>\n</ul>'
    )


def test_a_mention_links_to_the_member():
    result = render("Hello @Ada_L.")
    assert result.html == f'<p>Hello <a href="/u/Ada_L/" class="mention" {REL}>@Ada_L</a>.</p>'
    assert result.mentions == {"ada_l"}


@pytest.mark.parametrize(
    "body",
    [
        "`@ada`",
        "[@ada](https://x.example)",
        "a@ada.example",
        "https://x.example/@ada",
        "@ab",
        "@" + "a" * 31,
        "\\@ada",
    ],
)
def test_what_only_looks_like_a_mention_is_none(body):
    assert render(body).mentions == frozenset()
    assert render("but @ada").mentions == {"ada"}


def test_a_quote_calls_the_one_quoted_and_nobody_that_they_called():
    result = render("> @ben [wrote](/comments/3/):\n>\n> Ask @cleo\n> > @mod wrote\n\n@ada?")
    assert result.mentions == {"ben", "ada"}


def test_a_comment_cannot_call_a_crowd():
    assert len(render(" ".join(f"@member{n}" for n in range(500))).mentions) == 25


def test_direction_cannot_be_overridden_through_an_entity_or_an_address():
    assert html("a&#8238;b&#x2067;c") == "<p>abc</p>"
    assert "\u202e" not in html("https://x.example/%E2%80%AE <https://x.example/%E2%80%AE>")


def test_the_excerpt_is_what_the_author_says_on_one_line():
    body = "> quoted\n\n# Title\n\nWords & **more** ||secret||\n\n```\ncode\n```\n\n>! hidden"
    assert render(body).excerpt == "Title Words & more"
    assert render("> only a quote").excerpt == "only a quote"


def test_a_long_excerpt_ends_at_a_word():
    excerpt = render("word " * 100).excerpt
    assert len(excerpt) <= 200
    assert excerpt.endswith("word…")


@pytest.mark.parametrize("name", ["Ångström", "Борис", "देवनागरी"])
def test_names_of_every_alphabet_can_be_mentioned(name):
    rendered = render(f"Ask @{name}, please.")
    assert rendered.mentions == {name.lower()}
    assert f'href="/u/{quote(name)}/"' in rendered.html
