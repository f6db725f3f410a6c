"""Makes the readable part of a URL from a title or a name."""

import re
import unicodedata

from django.utils.text import slugify

# The last parts of other URLs below a topic (forums/urls.py). A slug that equals one of them would lead there.
TAKEN = {
    "reply", "read", "seen", "changes", "lock", "unlock", "pin", "unpin", "move", "slow", "rename", "retag",
    "hide", "restore", "merge", "moderate", "report", "debate", "summary", "jump",
}  # fmt: skip
MOST_ENCODED = 40
"""Characters of a slug in another script. A URL has up to twelve bytes for each."""


def slug_of(title: str) -> str:
    """Return the slug for the title of a topic; "topic" if it has neither letters nor digits."""
    slug = readable(title)[:80].strip("-_") or "topic"
    return f"{slug}-topic" if slug in TAKEN else slug


def readable(text: str) -> str:
    """Return the words of `text` in lower case with hyphens, maybe "".

    Accents are left out. If that cannot make all letters ASCII, the words keep their own script, which browsers show.
    """
    plain = unicodedata.normalize("NFKD", text)
    if any(each.isalpha() and not each.isascii() for each in plain):
        kept = re.sub("['\u2019]", "", unicodedata.normalize("NFKC", text).lower())
        return re.sub("-+", "-", "".join(map(_kept, kept))).strip("-")[:MOST_ENCODED]
    return slugify(text)


def _kept(character):
    """Keep letters, digits, and marks, without which words of many scripts are illegible."""
    return character if unicodedata.category(character)[0] in "LNM" else "-"
