"""Finds the names that HTML mentions, and links them to the pages of members."""

import re
from collections.abc import Mapping

from accounts.identity.names import normalise

# As `render` and `sanitise` write mentions. Nobody can type one, because the class is not allowed in other links.
MENTION = re.compile(r'<a href="/u/[^"]*" class="mention"([^>]*)>@([^<]+)</a>')


def key(name: str) -> str:
    """The form in which names are compared."""
    return normalise(name).lower()


def names(html: str) -> set[str]:
    """Return all names that stored HTML mentions, also in quotes, as `key` writes them."""
    return {key(name) for _, name in MENTION.findall(html)}


def link_names(html: str, ids: Mapping[str, int]) -> str:
    """Link each mention to the member's id. A name that is not in `ids` becomes plain text."""

    def linked(mention: re.Match[str]) -> str:
        rest, name = mention.groups()
        found = ids.get(key(name))
        return f'<a href="/members/{found}/" class="mention"{rest}>@{name}</a>' if found else f"@{name}"

    return MENTION.sub(linked, html)
