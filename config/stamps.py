"""Random marks in Redis that change whenever something visible does, so that cached pages can be told from
stale.

A topic's row carries a `version`, but asking for it is a query. A page for visitors must cost none: it is
kept together with
the stamps of all it depends on, and is served only while each of them is still the same.

A stamp lives a minute at most. Should Redis be away at the very moment of a change, a page that had been
cached before it
can be shown for that long at most after Redis is back.
"""

from secrets import token_hex

from django.core.cache import cache
from django.db import transaction

BLOCKS = "blocks"
CATEGORIES = "categories"
LISTS = "lists"
"""Which topics and comments lists show, and everything in their rows but scores and texts of replies."""
SCORES = "scores"
"""The scores of topics, by which the list "top" is ordered."""
TEXTS = "texts"
"""The texts of comments, where they are shown outside of their topic."""
DEBATES = "debates"
FILTERS = "filters"
LIFETIME = 60
"""Seconds."""


def of_topic(topic_id: int) -> str:
    return f"topic:{topic_id}"


def of_member(name: str) -> str:
    return f"member:{name.lower()}"


def touch(*names: str) -> None:
    """Change the stamps of `names` once the current transaction has been committed; at once outside of
    one."""
    transaction.on_commit(lambda: _renew(names))


def _renew(names):
    mark = token_hex(8)
    cache.set_many({_key(name): mark for name in names}, LIFETIME)


def read(*names: str) -> tuple[str, ...] | None:
    """The present stamps of `names`, made where missing; None when Redis does not answer."""
    keys = [_key(name) for name in names]
    found = cache.get_many(keys)
    for key in keys:
        if key not in found:
            # Two processes may both find it missing: `add` lets one win, and the loser reads the winner's.
            cache.add(key, token_hex(8), LIFETIME)
    if len(found) < len(keys):
        found = cache.get_many(keys)
    return tuple(found[key] for key in keys) if len(found) == len(keys) else None


def _key(name):
    return f"stamp:{name}"
