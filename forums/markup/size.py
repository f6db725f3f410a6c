"""Limits the size of a rendered text, because a short text can render to a large one."""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from forums.markup.allow_list import only_allowed
from forums.markup.element_tree import Element, Nodes, parse
from forums.markup.renderer import render
from forums.markup.text import clean

LARGEST = 150_000
"""Bytes of a text's HTML. The longest plain text needs 120,000 in Chinese."""

MOST_ELEMENTS = 4_000
"""Elements in a text's HTML. Their depth is limited by `element_tree.parse`."""

PAGE = 500_000
"""Bytes of texts on a page or in an answer. It stops adding texts when theirs reach this, and links to the others."""

SHORTENED = "<p><em>The rest of this text is too large to be shown.</em></p>"
BEGINNING = re.compile(r"<[a-z]")
CUT_ENTITY = re.compile(r"&[^;]*$")
Item = TypeVar("Item")


def clean_body(text: str) -> str:
    """Return the text of a comment to store. Raises ValueError with one sentence for its author.

    Besides what `clean` refuses, this refuses a text that renders to more than LARGEST bytes or MOST_ELEMENTS elements.
    """
    body = clean(text)
    html = render(body).html
    if not fits(html):
        raise ValueError(
            f"Your text is too large when it is shown: {size(html):,} bytes and {elements(html):,} elements, such as "
            f"list items, links and line breaks. At most {LARGEST:,} bytes and {MOST_ELEMENTS:,} elements are "
            "possible. Please divide it into several posts."
        )
    return body


def size(html: str) -> int:
    return len(html.encode())


def elements(html: str) -> int:
    return len(BEGINNING.findall(html))


def fits(html: str) -> bool:
    return size(html) <= LARGEST and elements(html) <= MOST_ELEMENTS


def shortened(html: str) -> str:
    """Return HTML that `render` or `sanitise` made, cut so that it fits. A sentence at its end says so."""
    if fits(html):
        return html
    tree = parse(html)
    _Budget(LARGEST - len(SHORTENED), MOST_ELEMENTS - 2).spend_on(tree)
    return only_allowed(tree.html() + SHORTENED)


def within(items: Iterable[Item], most: int, size_of: Callable[[Item], int]) -> list[Item]:
    """Return the first of `items`, until their bytes reach `most`. The first one is kept whatever its size."""
    kept: list[Item] = []
    used = 0
    for item in items:
        if used >= most:
            break
        kept.append(item)
        used += size_of(item)
    return kept


class _Budget:
    def __init__(self, bytes_left: int, elements_left: int):
        self.bytes_left, self.elements_left = bytes_left, elements_left

    def spend_on(self, element: Element) -> None:
        """Keep the children of this element that fit, in document order."""
        kept: Nodes = []
        for child in element.children:
            if isinstance(child, str):
                kept.append(self._words(child))
            elif self._affords(child):
                self.spend_on(child)
                kept.append(child)
            if self.bytes_left <= 0 or self.elements_left <= 0:
                break
        element.children = kept

    def _words(self, text: str) -> str:
        left = max(0, self.bytes_left)
        self.bytes_left -= size(text)
        return (
            text if self.bytes_left >= 0 else CUT_ENTITY.sub("", text.encode()[:left].decode(errors="ignore"))
        )

    def _affords(self, child: Element) -> bool:
        self.bytes_left -= size(Element(child.tag, child.attributes).outer_html())
        self.elements_left -= 1
        return self.bytes_left >= 0 and self.elements_left >= 0
