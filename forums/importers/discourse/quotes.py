"""Completes the boxes of quotes in Discourse's HTML: the author's name, and the source of the quoted post."""

import re

from forums.importers.records.fields import Broken, number

Key = tuple[int, int]
"""The number of a topic, and of a post in it."""

CONTROLS = r'(?:<div class="quote-controls">\s*</div>)?'
HEADING = rf'\s*<div class="title">\s*{CONTROLS}\s*(?:<img [^>]*>)?\s*([^<>]+?):\s*</div>'
BOX = re.compile(rf'<aside (?=[^>]*class="(?:[^">]* )?quote[ "])([^>]*)>(?=(?:{HEADING})?)')
QUOTED = re.compile(r'(?=.*data-topic="([0-9]{1,9})")(?=.*data-post="([0-9]{1,9})")', re.DOTALL)


def key(topic: dict, post: dict) -> Key | None:
    """Return the key by which quotes name this post."""
    try:
        return number(topic, "id"), number(post, "post_number")
    except Broken:
        return None


def complete(html: str, sources: dict[Key, str]) -> str:
    """Add what the box of a quote lacks: `data-username` from its heading, and `data-source`, if the post is here."""

    def completed(box: re.Match) -> str:
        attributes, name = box.groups()
        if name and 'data-username="' not in attributes:
            attributes += f' data-username="{name.replace(chr(34), "&quot;")}"'
        named = QUOTED.match(attributes)
        source = sources.get((int(named[1]), int(named[2]))) if named else None
        if source:
            attributes += f' data-source="{source}"'
        return f"<aside {attributes}>"

    return BOX.sub(completed, html)
