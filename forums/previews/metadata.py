"""Reads the title and the description in the head of a page, as OpenGraph or HTML write them."""

from contextlib import suppress
from html.parser import HTMLParser
from typing import NamedTuple

LONGEST = 200_000
"""Characters of a page that are read."""
OEMBED = "application/json+oembed"


class Metadata(NamedTuple):
    """The title, description and site of a page, as plain text.

    `oembed` is the address of more, for pages without a title.
    """

    title: str
    description: str
    site: str
    oembed: str


class _HeadEnds(Exception):
    """Stops the parser."""


def read(html: str) -> Metadata:
    """Return the metadata of a page; fields that it does not have are empty. Never raises."""
    head = _Head()
    with suppress(_HeadEnds, AssertionError):  # the parser asserts that a declaration has a form
        head.feed(html[:LONGEST])
    found = head.found
    return Metadata(
        found.get("og:title") or found.get("twitter:title") or " ".join("".join(head.title).split()),
        found.get("og:description") or found.get("description", ""),
        found.get("og:site_name", ""),
        head.oembed,
    )


class _Head(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.title: list[str] = []
        self.oembed = ""
        self._is_in_title = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "body":
            raise _HeadEnds
        if tag == "meta":
            name = (given.get("property") or given.get("name", "")).lower()
            self.found.setdefault(name, " ".join(given.get("content", "").split()))
        elif tag == "link" and given.get("type") == OEMBED:
            self.oembed = self.oembed or given.get("href", "")
        self._is_in_title = tag == "title" and not self.title

    def handle_endtag(self, tag: str) -> None:
        self._is_in_title = False

    def handle_data(self, data: str) -> None:
        if self._is_in_title:
            self.title.append(data)
