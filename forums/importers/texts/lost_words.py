"""Compares the words of a foreign text with those of its conversion, so that no text disappears silently.

It reads foreign HTML with the parser of the standard library, because a fault in our own would hide what the fault has
lost. Our HTML is regular, so a pattern is enough there.
"""

import re
from collections import Counter
from html import unescape
from html.parser import HTMLParser
from urllib.parse import unquote

from forums.markup.element_tree import VOID

WORD = re.compile(r"\w+")
OWN_TAG = re.compile(r'</?([a-z0-9]+)(?: [^\s="<>/]+(?:="[^"]*")?)*>')
WITHIN_WORDS = {
    "a", "abbr", "b", "big", "bdi", "bdo", "code", "del", "em", "font", "i", "ins", "kbd", "label", "mark", "q", "s",
    "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var", "wbr",
}  # fmt: skip
# The words in these are not the author's: polls become real ones, previews of pages become links.
FOREIGN_TAGS = {"script", "style", "template", "title", "iframe"}
FOREIGN_CLASSES = {
    "anchor", "avatar", "badge-wrapper", "lazyYT", "lazyYT-container", "meta", "onebox", "onebox-metadata", "poll",
    "poll-info", "quote-controls", "title",
}  # fmt: skip


def lost_from_html(before: str, after: str) -> list[str]:
    """Return the words of the foreign HTML that are missing in our HTML, in their order."""
    return _missing(_words(before), _words_of_ours(after))


def lost_from_markdown(body: str, html: str) -> list[str]:
    """Return the words of the Markdown that are missing in its HTML. Addresses of links count as words."""
    return _missing(_split(unescape(body)), _split(f"{unescape(html)} {unquote(unescape(html))}"))


def _missing(before: list[str], after: list[str]) -> list[str]:
    missing, lost = Counter(before) - Counter(after), []
    for word in before:
        if missing[word] > 0:
            missing[word] -= 1
            lost.append(word)
    return lost


def _words(html: str) -> list[str]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return _split("".join(reader.pieces))


def _words_of_ours(html: str) -> list[str]:
    text = OWN_TAG.sub(lambda tag: "" if tag[1] in WITHIN_WORDS else " ", html)
    return _words(html) if "<" in text else _split(unescape(text))


def _split(text: str) -> list[str]:
    return WORD.findall(text.lower())


class _Reader(HTMLParser):
    """Collects the text. Elements that are not part of words separate them."""

    def __init__(self):
        super().__init__()
        self.pieces: list[str] = []
        self._foreign, self._depth = "", 0

    def handle_starttag(self, tag, attrs):
        if self._foreign:
            self._depth += tag == self._foreign
            return
        classes = {*(dict(attrs).get("class") or "").split()}
        if tag not in VOID and (
            tag in FOREIGN_TAGS or (classes & FOREIGN_CLASSES and "lightbox" not in classes)
        ):
            self._foreign, self._depth = tag, 1
        if tag not in WITHIN_WORDS:
            self.pieces.append(" ")

    def handle_endtag(self, tag):
        if self._foreign:
            self._depth -= tag == self._foreign
            self._foreign = self._foreign if self._depth else ""
        elif tag not in WITHIN_WORDS:
            self.pieces.append(" ")

    def handle_data(self, data):
        if not self._foreign:
            self.pieces.append(data)
