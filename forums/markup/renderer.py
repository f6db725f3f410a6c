"""Renders Markdown to what is stored beside it: HTML, mentioned names, quoted comments and an excerpt."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import nh3

from forums.markup import allow_list
from forums.markup.dialect.addresses import SCHEMES
from forums.markup.dialect.parser import PARSER
from forums.markup.element_tree import Element, parse
from forums.markup.names import key
from forums.markup.text import without_deceit
from forums.markup.transforms import shape

EXCERPT = 200
CUT = re.compile(r"(<[^>]*|&[^;<]*)$")
"""A tag or an entity that is cut at the end of the HTML."""
MOST_MENTIONS = 25
"""Mentions of a comment that count. Further ones are only links, so that nobody can notify a crowd."""
PERMALINK = re.compile(r"/comments/([1-9][0-9]{0,17})/")


class Rendered(NamedTuple):
    html: str
    """Safe to put into a page as it is."""
    mentions: frozenset[str]
    """Names that the author mentions, as `names.key` writes them, at most MOST_MENTIONS. Some may be no member's."""
    excerpt: str
    """Plain text on one line, at most EXCERPT characters, without quotes, code and spoilers. Not escaped."""
    quotes: tuple[int, ...] = ()
    """Ids of the comments that its quotes name, at most MOST_MENTIONS. Some may not exist."""


# Puts the parser's output into the regular form that `tree.parse` reads. `allowed` decides later what stays.
REGULAR = nh3.Cleaner(
    tags=allow_list.TAGS | {"h1", "h2"},
    attributes={
        "*": {"class"},
        "a": {"href", "title"},
        "img": {"src", "alt", "title"},
        "input": {"type", "checked", "disabled"},
        "ol": {"start"},
        "td": {"style"},
        "th": {"style"},
    },
    url_schemes={*SCHEMES},
    link_rel=None,
)


@lru_cache(maxsize=16)
def render(body: str) -> Rendered:
    """Render Markdown that `clean` has accepted. Takes about a millisecond for an ordinary comment.

    Never raises. Time and depth of the result are bounded for any text up to `LONGEST` characters. The last few results
    are cached, because a new member's text is rendered to be checked and again to be stored.
    """
    html = finish(shape(parse(REGULAR.clean(PARSER.render(body)))))
    tree = parse(html)
    return Rendered(html, _mentions(tree), _excerpt(tree), _quotes(tree))


def finish(tree: Element) -> str:
    """Return the HTML to store, without deceiving characters and without anything that is not allowed."""
    return allow_list.only_allowed(without_deceit(tree.html())).strip()


def without_remote_pictures(html: str) -> str:
    """Return stored HTML that loads nothing from other sites. Texts stored before November 2026 still do."""
    return finish(shape(parse(html))) if 'src="http' in html else html


def calls(html: str) -> tuple[frozenset[str], tuple[int, ...]]:
    """Return the mentions and quotes of HTML that `render` or `sanitise` made."""
    tree = parse(html)
    return _mentions(tree), _quotes(tree)


def excerpt(html: str, longest: int = EXCERPT) -> str:
    """Return the excerpt of HTML that `render` or `sanitise` made, which may be cut anywhere.

    Reads as many tags and texts as the excerpt has characters: a list of thirty large texts would take seconds.
    """
    return _excerpt(parse(CUT.sub("", html), most=longest), longest)


def _mentions(tree: Element) -> frozenset[str]:
    names = dict.fromkeys(key(link.text().removeprefix("@")) for link in _calls(tree))
    return frozenset(list(names)[:MOST_MENTIONS])


def _calls(tree: Element) -> Iterator[Element]:
    """Yield the author's own mentions. In a quote only its first words count, which name the quoted member."""
    for child in tree.children:
        if isinstance(child, str):
            continue
        if "mention" in child.classes:
            yield child
        elif child.tag != "blockquote":
            yield from _calls(child)
        elif who := _attribution(child):
            yield who


def _attribution(quote: Element) -> Element | None:
    paragraph = quote.first()
    link = paragraph.children[0] if paragraph and paragraph.tag == "p" and paragraph.children else None
    return link if isinstance(link, Element) and "mention" in link.classes else None


def _quotes(tree: Element) -> tuple[int, ...]:
    """Find the quoted comments: a quote begins with "@Ben wrote:", and "wrote" links to the comment.

    static/js/behaviors/quote.js writes quotes like this.
    """
    found: dict[int, None] = {}
    for quote in _own_quotes(tree):
        paragraph = quote.first()
        links = paragraph.all("a") if paragraph and paragraph.tag == "p" else ()
        for link in links:
            named = PERMALINK.fullmatch(link.attributes.get("href", ""))
            if named and link.text() == "wrote":
                found[int(named[1])] = None
                break
    return tuple(found)[:MOST_MENTIONS]


def _own_quotes(tree: Element) -> Iterator[Element]:
    """Yield the quotes of this text, without those inside other quotes."""
    for child in tree.children:
        if not isinstance(child, str):
            if child.tag == "blockquote":
                yield child
            else:
                yield from _own_quotes(child)


def _excerpt(tree: Element, longest: int = EXCERPT) -> str:
    text = " ".join(tree.text(leaving_out=_is_aside).split()) or " ".join(
        tree.text(leaving_out=_is_hidden).split()
    )
    if len(text) <= longest:
        return text
    return re.sub(r"\W+\S*$", "", text[: longest - 1]) + "…"


def _is_aside(element: Element) -> bool:
    return (
        element.tag in ("blockquote", "pre", "table")
        or "link-preview" in element.classes
        or _is_hidden(element)
    )


def _is_hidden(element: Element) -> bool:
    return "spoiler" in element.classes
