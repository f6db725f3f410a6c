"""Attacks by markup: scripts in every position, and texts that are slow or deep on purpose."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from forums.markup import allow_list, render, sanitise
from forums.markup.element_tree import DEEPEST, VOID

SCRIPT = "javascript:alert(1)"
HOSTILE_HTML = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src='https://x.example/a.png' onload=alert(1) style='position:fixed' id=main srcset='//y 2x'>",
    "<svg onload=alert(1)><animate onbegin=alert(1) attributeName=x></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=alert(1)&gt;'>",
    "<form action=javascript:alert(1)><button formaction=javascript:alert(1)>x</button></form>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href=' \x01javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>' target=_top onclick=alert(1)>x</a>",
    "<iframe src='javascript:alert(1)'></iframe><iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=x.swf></object><embed src='javascript:alert(1)'>",
    "<base href='//evil.example/'><meta http-equiv=refresh content='0;url=//evil.example'><link rel=stylesheet href=x>",
    "<style>@import '//evil.example'</style><p style='background:url(javascript:alert(1))'>x",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><img src=x onerror=alert(1)></template>",
    "<details open ontoggle=alert(1)><summary onclick=alert(1)>x</summary></details>",
    "<input autofocus onfocus=alert(1) name=csrfmiddlewaretoken value=x type=text>",
    "<video src='javascript:alert(1)' onerror=alert(1)><source src='x' onerror=alert(1)></video>",
    "<div class='site-header modal' id='main' data-behavior='vote' hx-get='/x' hx-on:click='alert(1)'>x</div>",
    "<a class='mention button' href='/u/x/' hx-post='/accounts/logout/'>x</a>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    '<p title="\'><img src=x onerror=alert(1)>">x</p>',
    "<textarea></textarea><img src=x onerror=alert(1)>",
    "<xmp><img src=x onerror=alert(1)></xmp><plaintext><img src=x onerror=alert(1)>",
    "<table><td background='javascript:alert(1)' style='x' align='right\" onclick=\"alert(1)'>x",
    "<img src='https://x.example/\" onerror=\"alert(1)' alt='\" onerror=\"alert(1)'>",
]
HOSTILE_MARKDOWN = [
    *HOSTILE_HTML,
    f"[x]({SCRIPT}) ![x]({SCRIPT}) <{SCRIPT}>",
    f"[x]: {SCRIPT}\n\n[x] ![x]",
    "[x](&#x6A;avascript:alert(1)) [y](java%0ascript:alert(1)) [z](\\javascript:alert(1))",
    '[x](https://a.example "\\" onclick=alert(1) \\"")',
    '![" onerror=alert(1) "](https://a.example/"onerror=alert(1)")',
    'https://a.example/"onmouseover=alert(1)//',
    "https://a.example/<script>alert(1)</script>",
    '```"><script>alert(1)</script>\nx\n```',
    "```html\n<script>alert(1)</script>\n```",
    '```py" onclick="alert(1)\nx\n```',
    '@ada"onclick=alert(1)',
    "||<img src=x onerror=alert(1)>||",
    ">! <img src=x onerror=alert(1)>",
    '| <img src=x onerror=alert(1)> |\n|:--" onclick=alert(1)|\n| x |',
    "- [ ] <img src=x onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62;",
]


PIECES = [
    *(
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<a href=x>",
        "</a>",
        "<ul>",
        "<li>",
        "</ul>",
        "<table>",
        "<td>",
        "text",
        "\n",
    ),
    *(
        "<div class=quote>",
        "</div>",
        "<pre>",
        "</pre>",
        "<code>",
        "<blockquote>",
        "</blockquote>",
        "<h1>",
        "<svg>",
    ),
    *(
        "<span class=spoiler>",
        "</span>",
        "<img src=http://x>",
        "<img src=https://x>",
        "<details>",
        "<summary>",
    ),
    *("<input>", "<iframe src=https://x>", "<aside class=onebox>", "<!--", "<li class=task-list-item>"),
]


class Inspector(HTMLParser):
    """Fails on everything outside the allow-list. Uses another HTML parser than nh3."""

    deepest = 0

    def __init__(self, html):
        super().__init__()
        self.open = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        assert tag in allow_list.TAGS
        for name, value in attrs:
            assert name in {"class", "href", "src", "alt", "title", "rel", "start", "width", "height"} | {
                *("loading", "decoding", "referrerpolicy", "type", "checked", "disabled", "tabindex", "open")
            }
            if name == "href":
                assert re.match(r"(https?:|mailto:)|(?![a-z+.-]*:)", value, re.IGNORECASE)
            if name == "src":
                assert value.startswith("https://")
            if name == "class":
                assert set(value.split()) <= allow_list.CLASSES[tag] | {"task-list-item-checkbox"}
        if tag == "a":
            assert ("rel", "nofollow ugc noopener") in attrs
        if tag not in VOID:
            self.open.append(tag)
            self.deepest = max(self.deepest, len(self.open))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_comment(self, data):
        raise AssertionError(data)


@pytest.mark.parametrize("body", HOSTILE_MARKDOWN)
def test_no_script_survives_in_markdown(body):
    Inspector(render(body).html)


@pytest.mark.parametrize("html", HOSTILE_HTML)
def test_no_script_survives_in_imported_html(html):
    clean = sanitise(html)
    Inspector(clean)
    assert sanitise(clean) == clean
    assert sanitise(f"<p>kept</p>{html}").startswith("<p>kept</p>")


@settings(max_examples=300)
@given(
    st.text(max_size=2_000)
    | st.lists(
        st.sampled_from(
            [*"*_`|>!-~[]()<&@#\n \\", "||", ">! ", "- [ ] ", "```", "https://a.example", "ab", "<b>"]
        ),
        max_size=300,
    ).map("".join)
)
def test_any_text_renders_to_allowed_html_that_stays_as_it_is(body):
    result = render(body)
    Inspector(result.html)
    assert render(body) == result
    assert allow_list.only_allowed(result.html) == result.html
    assert len(result.excerpt) <= 200


@settings(max_examples=300)
@given(
    st.text(max_size=1_000)
    | st.lists(
        st.sampled_from(PIECES),
        max_size=60,
    ).map("".join)
)
@example("<pre><c>\n\n<code>")
def test_any_html_becomes_allowed_html(html):
    clean = sanitise(html)
    Inspector(clean)
    assert allow_list.only_allowed(clean) == clean


DEEP = {
    "quotes": ">" * 10_000 + " x",
    "spaced quotes": "> " * 10_000 + "x",
    "spoilers": ">! " * 10_000 + "x",
    "lists": "- " * 10_000 + "x",
    "lists by indentation": "\n".join(" " * 2 * n + "- x" for n in range(190)),
    "quotes and lists": "> - " * 10_000 + "x",
    "lazy lines": ">" * 10_000 + "\n" + "x\n" * 14_000,
    "brackets": "[" * 10_000 + "x" + "]" * 10_000,
    "images": "![" * 10_000 + "x" + "](https://a.example)" * 900,
    "emphasis": "*x **y " * 2_000 + "z** *" * 2_000,
    "stars": "**" * 10_000 + "x" + "**" * 10_000,
    "spoiler runs": "||" * 20_000,
    "nested marks": "||x *y ~~z " * 1_500 + "~~ * ||" * 1_500,
    "backticks": " ".join("`" * n for n in range(280)),
    "columns": "|x" * 10_000 + "|\n" + "|-" * 9_000 + "|",
    "rows": "|x" * 40 + "|\n" + "|-" * 40 + "|\n" + "|x\n" * 12_000,
    "tasks": "- [ ] x\n" * 5_000,
    "addresses": "https://" * 5_000,
    "references": "[a]: b\n" * 3_000 + "[a] " * 4_000,
    "entities": "&amp;" * 8_000,
    "fences": "```py\nx\n```\n" * 3_000,
    "mentions": "@ada " * 8_000,
    "slow code": ("```java\n" + "x\n" * 2_900 + "```\n") * 6,
}


@pytest.mark.parametrize("name", DEEP)
def test_a_text_made_to_be_deep_comes_out_shallow_and_whole(name):
    body = DEEP[name][:40_000]
    result = render(body)
    assert Inspector(result.html).deepest <= DEEPEST
    assert result.html.count("<") < 120_000
    assert len(re.findall("[xyzb]", result.html)) >= len(re.findall("x", body))


def test_html_made_to_be_deep_is_bounded_or_refused():
    html = sanitise("<div><blockquote>" * 400 + "x" + "</blockquote></div>" * 400)
    assert "x" in html
    assert Inspector(html).deepest <= DEEPEST
    with pytest.raises(ValueError, match="inside each other"):
        sanitise("<ul><li>" * 5_000)
    with pytest.raises(ValueError, match="200,001 characters"):
        sanitise("x" * 200_001)
