"""Markdown to what is stored beside it: HTML, the names it mentions and an excerpt."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import nh3

from forums.markup import allowed
from forums.markup.commonmark import PARSER
from forums.markup.plain import without_deceit
from forums.markup.shape import shape
from forums.markup.tree import Element, parse

EXCERPT = 200
MOST_MENTIONS = 25
"""Names that a comment can call. All are links; whoever calls a crowd reaches nobody further."""
PERMALINK = re.compile(r"/comments/([1-9][0-9]{0,17})/")


class Rendered(NamedTuple):
    html: str
    """Safe to put into a page as it is."""
    mentions: frozenset[str]
    """Lower-cased names that the author calls, at most MOST_MENTIONS; not every one need be a member."""
    excerpt: str
    """Plain text on one line, at most EXCERPT characters, without quotes, code and spoilers. Not escaped."""
    quotes: tuple[int, ...] = ()
    """The comments that its quotes say they are of, at most MOST_MENTIONS. There need be no such comment."""


# Only puts the parser's output into the regular form that `tree.parse` reads; `allowed` decides what stays.
REGULAR = nh3.Cleaner(
    tags=allowed.TAGS | {"h1", "h2"},
    attributes={
        "*": {"class"},
        "a": {"href", "title"},
        "img": {"src", "alt", "title"},
        "input": {"type", "checked", "disabled"},
        "ol": {"start"},
        "td": {"style"},
        "th": {"style"},
    },
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)


@lru_cache(maxsize=16)
def render(body: str) -> Rendered:
    """Render Markdown that `clean` has accepted. Takes about a millisecond for an ordinary comment.

    Never raises; bounded in time and in the depth of the result for any text up to `LONGEST` characters. The last few
    results stay at hand: what new members write is looked at before it is stored.
    """
    html = finish(shape(parse(REGULAR.clean(PARSER.render(body)))))
    tree = parse(html)
    return Rendered(html, _mentions(tree), _excerpt(tree), _quotes(tree))


def finish(tree: Element) -> str:
    """The tree as HTML to be stored: cleared of characters that deceive, and of everything not allowed."""
    return allowed.only_allowed(without_deceit(tree.html())).strip()


def calls(html: str) -> tuple[frozenset[str], tuple[int, ...]]:
    """The mentions and quotes of HTML that `render` or `sanitise` made."""
    tree = parse(html)
    return _mentions(tree), _quotes(tree)


def excerpt(html: str, longest: int = EXCERPT) -> str:
    """The excerpt of HTML that `render` or `sanitise` made."""
    return _excerpt(parse(html), longest)


def _mentions(tree: Element) -> frozenset[str]:
    names = dict.fromkeys(link.text().removeprefix("@").lower() for link in _calls(tree))
    return frozenset(list(names)[:MOST_MENTIONS])


def _calls(tree: Element) -> Iterator[Element]:
    """Mentions that are the author's own. In a quote only the first words are: they say who is quoted."""
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
    """A quote says at its beginning of which comment it is: "@Ben wrote:", the verb a link
    (static/js/behaviors/quote.js)."""
    found = {}
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
    """Not those that stand in what is quoted."""
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
    return element.tag in ("blockquote", "pre", "table") or _is_hidden(element)


def _is_hidden(element: Element) -> bool:
    return "spoiler" in element.classes
