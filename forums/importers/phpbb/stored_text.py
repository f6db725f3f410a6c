"""Turns a text as phpBB stores it into the BBCode that its author typed.

Version 3.2 and later store XML around the BBCode. Earlier ones add an id to each tag, and store links as HTML.
"""

import re
from html import unescape

XML = re.compile(r"\s*<([rt])>.*</\1>\s*", re.DOTALL)
SMILEY = re.compile(r"<!-- s(.*?) --><img [^>]*?><!-- s\1 -->")
LINK = re.compile(r'<!-- ([a-z])(\w*) --><a [^>]*?href="([^"]*)"[^>]*>(.*?)</a><!-- \1\2 -->')
ATTACHED = re.compile(r"<!-- ia(\d+) -->(.*?)<!-- ia\1 -->")
ANY = re.compile(r"<[^<>]*>")


def typed(text: str, uid: str) -> str:
    """Return the BBCode. `uid` is the id of the post's tags."""
    if XML.fullmatch(text):
        return unescape(ANY.sub("", re.sub(r"<br ?/?>", "", text)))
    if uid:
        text = re.sub(rf"(\[[^\[\]]*?)(?::[a-z])?:{re.escape(uid)}(?=\])", r"\1", text)
    text = SMILEY.sub(lambda found: found[1], text)
    text = LINK.sub(_link, text)
    text = ATTACHED.sub(lambda found: found[2], text)
    return unescape(re.sub(r"<br ?/?>\n?", "\n", text))


def _link(found: re.Match) -> str:
    # The text of a long address was shortened.
    return found[4] if found[1] == "e" else found[3]
