"""Cache tags: each has a random value in Redis, which changes whenever the data behind the tag changes.

A topic's row has a `version`, but reading it is a query, and a visitor's page must cost none. The page is stored with
the values of all tags that it depends on, and is served only while each of them is the same.

With replicas, a value also says how far a replica must be to have the change (`config.replicas`). A request that reads
the tag then reads from the primary if its replica is behind. So no page is stored under a value that is newer than its
data.

A value lives for at most LIFETIME. If Redis is away at the moment of a change, an old page can therefore be shown for
at most that long after Redis is back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from secrets import token_hex

from django.conf import settings
from django.db import transaction

from config.caching.evictable import cache
from config.replicas import reads, servers

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
TAGS = "tags"
"""Names and descriptions of tags, and which topics stop showing one: those that are hidden, moved or tagged anew."""
RECORDS = "records"
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
    value = _new_value()
    for name in names:
        (_known.get() or {}).pop(_key(name), None)
    cache.set_many({_key(name): value for name in names}, LIFETIME)


def read(*names: str) -> tuple[str, ...] | None:
    """Return the current values of the tags `names`. Creates missing ones. None if Redis does not answer.

    Call it before reading the data. One Redis round trip.
    """
    values = _known_or_read([_key(name) for name in names])
    reads.require(
        max((int(value.partition("@")[2] or 0) for value in values), default=0) if values else servers.UNKNOWN
    )
    return values


def _known_or_read(keys):
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
            cache.add(key, _new_value(), LIFETIME)
    if len(found) < len(keys):
        found = cache.get_many(keys)
    return tuple(found[key] for key in keys) if len(found) == len(keys) else None


def _new_value():
    """A value that no tag had before. One query on the primary with replicas, otherwise none."""
    return f"{token_hex(8)}@{servers.position()}" if settings.DATABASE_REPLICA_URLS else token_hex(8)


def _key(name):
    return f"tag:{name}"
