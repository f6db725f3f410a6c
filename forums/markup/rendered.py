"""Markdown to what is stored beside it: HTML, the names it mentions and an excerpt."""

import re
from collections.abc import Iterator
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


class Rendered(NamedTuple):
    html: str
    """Safe to put into a page as it is."""
    mentions: frozenset[str]
    """Lower-cased names that the author calls, at most MOST_MENTIONS; not every one need be a member."""
    excerpt: str
    """Plain text on one line, at most EXCERPT characters, without quotes, code and spoilers. Not escaped."""


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


def render(body: str) -> Rendered:
    """Render Markdown that `clean` has accepted. Takes about a millisecond for an ordinary comment.

    Never raises; bounded in time and in the depth of the result for any text up to `LONGEST` characters.
    """
    html = finish(shape(parse(REGULAR.clean(PARSER.render(body)))))
    tree = parse(html)
    return Rendered(html, _mentions(tree), _excerpt(tree))


def finish(tree: Element) -> str:
    """The tree as HTML to be stored: cleared of characters that deceive, and of everything not allowed."""
    return allowed.only_allowed(without_deceit(tree.html())).strip()


def excerpt(html: str) -> str:
    """The excerpt of HTML that `render` or `sanitise` made."""
    return _excerpt(parse(html))


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


def _excerpt(tree: Element) -> str:
    text = " ".join(tree.text(leaving_out=_is_aside).split()) or " ".join(
        tree.text(leaving_out=_is_hidden).split()
    )
    if len(text) <= EXCERPT:
        return text
    return re.sub(r"\W+\S*$", "", text[: EXCERPT - 1]) + "…"


def _is_aside(element: Element) -> bool:
    return element.tag in ("blockquote", "pre", "table") or _is_hidden(element)


def _is_hidden(element: Element) -> bool:
    return "spoiler" in element.classes
