"""Checks which streams connections may receive. The number of queries does not depend on their number."""

import time
from functools import lru_cache
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser

from accounts.sign_in import sessions
from forums.access import permissions
from forums.listing import categories
from forums.live import streams as live_streams
from forums.live.delivery import expanders
from forums.models import Topic

CACHED_FOR = 1
"""Seconds for which a session's member is cached."""


class AccessQuery(NamedTuple):
    """A connection's session key, "" without one, and the streams it receives or wants to join."""

    session: str
    streams: tuple[str, ...]


class ConnectedMember(NamedTuple):
    """The facts about a member that a connection keeps."""

    id: int
    name: str
    is_shown: bool
    """Whether others may see that they read or write."""


class Grant(NamedTuple):
    """A stream that a connection may receive."""

    labels: frozenset[str]
    version: int | None
    """The topic's version at the check; None for other streams."""


class Access(NamedTuple):
    member: ConnectedMember | None
    """None for visitors, and if the session has ended or its member may no longer sign in."""
    grants: dict[str, Grant | None]
    """By stream; None for one that the connection may not receive."""


def check(queries: list[AccessQuery]) -> list[Access]:
    """Check a batch. Two SQL queries for the members, one for the topics, and those for labels of other apps."""
    found = _members({query.session for query in queries if query.session})
    visitor = AnonymousUser()
    users = [found.get(query.session, visitor) for query in queries]
    grants = _grants(_by_stream(queries, users))
    return [
        Access(_member(user), {stream: grants[stream].get(user.pk) for stream in query.streams})
        for query, user in zip(queries, users, strict=True)
    ]


_cached: dict[str, tuple[float, object]] = {}


def _members(keys):
    """Return the member of each session. Cached for a moment, because a page joins all its streams at once."""
    cached, now = _cached, time.monotonic()
    for key in [key for key, (at, _) in cached.items() if now - at > CACHED_FOR]:
        del cached[key]
    missing = keys - cached.keys()
    found = sessions.members_of(missing) if missing else {}
    cached.update((key, (now, found.get(key))) for key in missing)
    return {key: user for key in keys if (user := cached[key][1])}


def clear_cache() -> None:
    """Empty the cache, because something about members or sessions has changed."""
    global _cached
    _cached = {}  # a new dict: a query that runs now stores its outdated result in the old one


def _member(user):
    return ConnectedMember(user.pk, user.username, user.show_presence) if user.is_authenticated else None


def _by_stream(queries, users):
    """Map each stream to the users who want to receive it, by pk."""
    users_of = {}
    for query, user in zip(queries, users, strict=True):
        for stream in query.streams:
            users_of.setdefault(stream, {})[user.pk] = user
    return users_of


def _grants(users_of):
    """Map each stream to the users who may receive it, with their labels."""
    numbers = {stream: live_streams.number(stream, of="topic") for stream in users_of}
    topics = Topic.objects.select_related("category__parent").in_bulk(set(numbers.values()) - {None})
    grants = {}
    for stream, users in users_of.items():
        topic = topics.get(numbers[stream])
        own = {pk: _own_labels(stream, topic, user) for pk, user in users.items()}
        admitted = [user for pk, user in users.items() if own[pk] is not None]
        added = expanders.labels(stream, admitted) if admitted else {}
        grants[stream] = {
            user.pk: Grant(_interned(frozenset(own[user.pk] | added[user.pk])), topic and topic.version)
            for user in admitted
        }
    return grants


def _own_labels(stream, topic, user):
    """Return the user's labels, or None. A stream they may not receive looks like one that does not exist."""
    if stream == live_streams.TOPICS:
        return {category_label(each.pk) for each in categories.seen_by(user)}
    if (number := live_streams.number(stream, of="member")) is not None:
        return set() if user.pk == number else None
    if topic is None or not permissions.may_read(user, topic):
        return None
    labels = {reader_label(topic.category_id)}
    if permissions.may_moderate(user, topic):
        labels.add(reader_label(topic.category_id, is_hidden=True))
    if permissions.may_reply(user, topic):
        labels.add(replier_label(topic.pk))
    return labels


def reader_label(category_id: int, *, is_hidden: bool = False) -> str:
    """Label those on a topic's stream who may read it in this category, or even when it is hidden.

    After a topic is moved or hidden, its messages have another label. So nobody receives them before their access
    has been checked again.
    """
    return f"{'hidden ' if is_hidden else ''}in {category_id}"


def category_label(category_id: int) -> str:
    """Label those on the stream of lists who may see the category."""
    return f"category:{category_id}"


def replier_label(topic_id: int) -> str:
    """Label those on a topic's stream who may reply."""
    return f"reply:{topic_id}"


@lru_cache(maxsize=10_000)
def _interned(labels):
    """Return one shared object for equal labels, because thousands of connections hold the same."""
    return labels
