"""Cache tags: each has a random value in Redis, which changes whenever the data behind the tag changes.

A topic's row has a `version`, but reading it is a query, and a visitor's page must cost none. The page is stored with
the values of all tags that it depends on, and is served only while each of them is the same.

A value lives for at most LIFETIME. If Redis is away at the moment of a change, an old page can therefore be shown for
at most that long after Redis is back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from secrets import token_hex

from django.db import transaction

from config.caching.evictable import cache

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
_known: ContextVar[dict[str, str] | None] = ContextVar("tags of this request", default=None)


def of_topic(topic_id: int) -> str:
    return f"topic:{topic_id}"


def of_member(name: str) -> str:
    return f"member:{name.lower()}"


def invalidate(*names: str) -> None:
    """Change the values of the tags `names` after the current transaction commits, or at once if there is none."""
    transaction.on_commit(lambda: _renew(names))


@contextmanager
def read_once() -> Iterator[None]:
    """Read each tag at most once in the block. An early value is safe: data that is read later is not older."""
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def _renew(names):
    value = token_hex(8)
    for name in names:
        (_known.get() or {}).pop(_key(name), None)
    cache.set_many({_key(name): value for name in names}, LIFETIME)


def read(*names: str) -> tuple[str, ...] | None:
    """Return the current values of the tags `names`. Creates missing ones. None if Redis does not answer."""
    keys = [_key(name) for name in names]
    known = _known.get()
    if known is None:
        return _read(keys)
    if missing := [key for key in keys if key not in known]:
        known.update(zip(missing, _read(missing) or (), strict=False))
    return tuple(known[key] for key in keys) if known.keys() >= set(keys) else None


def _read(keys):
    found = cache.get_many(keys)
    for key in keys:
        if key not in found:
            # Two processes may both find it missing. `add` lets one win; the other then reads the winner's value.
            cache.add(key, token_hex(8), LIFETIME)
    if len(found) < len(keys):
        found = cache.get_many(keys)
    return tuple(found[key] for key in keys) if len(found) == len(keys) else None


def _key(name):
    return f"tag:{name}"
