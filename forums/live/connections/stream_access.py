"""Checks which streams tabs may receive. Many tabs cost the same number of queries as one."""

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

MOMENT = 1
"""Seconds for which a session's member is cached."""


class Asked(NamedTuple):
    """A tab's session key, "" without one, and the streams it receives or wants to join."""

    session: str
    streams: tuple[str, ...]


class Member(NamedTuple):
    """The facts about a member that a tab keeps."""

    id: int
    name: str
    is_shown: bool
    """Whether others may see that they read or write."""


class Heard(NamedTuple):
    """A stream that a tab may receive."""

    labels: frozenset[str]
    version: int | None
    """The topic's version at the check; None for other streams."""


class Answer(NamedTuple):
    member: Member | None
    """None for visitors, and if the session has ended or its member may no longer sign in."""
    heard: dict[str, Heard | None]
    """By stream; None for one that the tab may not receive."""


def answer(asked: list[Asked]) -> list[Answer]:
    """Answer a batch. Two queries for the members, one for the topics, and those for labels of other apps."""
    found = _members({each.session for each in asked if each.session})
    nobody = AnonymousUser()
    users = [found.get(each.session, nobody) for each in asked]
    heard = _heard(_by_stream(asked, users))
    return [
        Answer(_member(user), {stream: heard[stream].get(user.pk) for stream in each.streams})
        for each, user in zip(asked, users, strict=True)
    ]


_lately: dict[str, tuple[float, object]] = {}


def _members(keys):
    """Return the member of each session. Cached for a moment, because a page joins all its streams at once."""
    known, now = _lately, time.monotonic()
    for key in [key for key, (at, _) in known.items() if now - at > MOMENT]:
        del known[key]
    missing = keys - known.keys()
    found = sessions.members_of(missing) if missing else {}
    known.update((key, (now, found.get(key))) for key in missing)
    return {key: user for key in keys if (user := known[key][1])}


def forget() -> None:
    """Empty the cache, because something about members or sessions has changed."""
    global _lately
    _lately = {}  # a new dict: a query that runs now stores its outdated result in the old one


def _member(user):
    return Member(user.pk, user.username, user.show_presence) if user.is_authenticated else None


def _by_stream(asked, users):
    """Map each stream to the users who ask for it, by pk."""
    asking = {}
    for each, user in zip(asked, users, strict=True):
        for stream in each.streams:
            asking.setdefault(stream, {})[user.pk] = user
    return asking


def _heard(asking):
    """Map each stream to the users who may receive it, with their labels."""
    numbers = {stream: live_streams.number(stream, of="topic") for stream in asking}
    topics = Topic.objects.select_related("category__parent").in_bulk(set(numbers.values()) - {None})
    heard = {}
    for stream, users in asking.items():
        topic = topics.get(numbers[stream])
        own = {pk: _own_labels(stream, topic, user) for pk, user in users.items()}
        hearing = [user for pk, user in users.items() if own[pk] is not None]
        added = expanders.labels(stream, hearing) if hearing else {}
        heard[stream] = {
            user.pk: Heard(_shared(frozenset(own[user.pk] | added[user.pk])), topic and topic.version)
            for user in hearing
        }
    return heard


def _own_labels(stream, topic, user):
    """Return the user's labels, or None. A stream they may not receive looks like one that does not exist."""
    if stream == live_streams.TOPICS:
        return {in_category(each.pk) for each in categories.seen_by(user)}
    if (number := live_streams.number(stream, of="member")) is not None:
        return set() if user.pk == number else None
    if topic is None or not permissions.may_read(user, topic):
        return None
    labels = {seen(topic.category_id)}
    if permissions.may_moderate(user, topic):
        labels.add(seen(topic.category_id, is_hidden=True))
    if permissions.may_reply(user, topic):
        labels.add(may_reply_in(topic.pk))
    return labels


def seen(category_id: int, *, is_hidden: bool = False) -> str:
    """Label those on a topic's stream who may read it in this category, or even when it is hidden.

    After a topic is moved or hidden, its messages have another label. So nobody receives them before their rights have
    been checked again.
    """
    return f"{'hidden ' if is_hidden else ''}in {category_id}"


def in_category(category_id: int) -> str:
    """Label those on the stream of lists who may see the category."""
    return f"category:{category_id}"


def may_reply_in(topic_id: int) -> str:
    return f"reply:{topic_id}"


@lru_cache(maxsize=10_000)
def _shared(labels):
    """Return one shared object for equal labels, because thousands of tabs hold the same."""
    return labels
