"""Who may hear what: asked for many tabs at once, in as many queries as for one."""

import time
from functools import lru_cache
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser

from accounts import sessions
from forums import categories, live, permissions
from forums.models import Topic

MOMENT = 1
"""Second."""


class Asked(NamedTuple):
    """A tab with the session that its cookie named ("" without one), and what it hears or would hear."""

    session: str
    streams: tuple[str, ...]


class Member(NamedTuple):
    """As much of a member as a tab keeps."""

    id: int
    name: str
    is_shown: bool
    """Whether others may be told that they read or write."""


class Heard(NamedTuple):
    """A stream that is theirs to hear."""

    labels: frozenset[str]
    version: int | None
    """A topic's, as it was then."""


class Answer(NamedTuple):
    member: Member | None
    """None for visitors, and where the session has ended or its member may not be signed in."""
    heard: dict[str, Heard | None]
    """By stream; None where it is not theirs to hear."""


def answer(asked: list[Asked]) -> list[Answer]:
    """Two queries for the members, one for the topics, and those of the labels that other apps add."""
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
    """The member of each session, found anew unless that was a moment ago: a page joins all of its streams at once."""
    known, now = _lately, time.monotonic()
    for key in [key for key, (at, _) in known.items() if now - at > MOMENT]:
        del known[key]
    missing = keys - known.keys()
    found = sessions.members_of(missing) if missing else {}
    known.update((key, (now, found.get(key))) for key in missing)
    return {key: user for key in keys if (user := known[key][1])}


def forget() -> None:
    """Something about members or sessions has changed."""
    global _lately
    _lately = {}  # a new one: what is being found out at this moment goes into the old one, and with it


def _member(user):
    return Member(user.pk, user.username, user.show_presence) if user.is_authenticated else None


def _by_stream(asked, users):
    """Who asks for each stream; everybody once."""
    asking = {}
    for each, user in zip(asked, users, strict=True):
        for stream in each.streams:
            asking.setdefault(stream, {})[user.pk] = user
    return asking


def _heard(asking):
    """By stream, those who may hear it."""
    numbers = {stream: live.number(stream, of="topic") for stream in asking}
    topics = Topic.objects.select_related("category__parent").in_bulk(set(numbers.values()) - {None})
    heard = {}
    for stream, users in asking.items():
        topic = topics.get(numbers[stream])
        own = {pk: _own_labels(stream, topic, user) for pk, user in users.items()}
        hearing = [user for pk, user in users.items() if own[pk] is not None]
        added = live.labels(stream, hearing) if hearing else {}
        heard[stream] = {
            user.pk: Heard(_shared(frozenset(own[user.pk] | added[user.pk])), topic and topic.version)
            for user in hearing
        }
    return heard


def _own_labels(stream, topic, user):
    """None where the stream is not theirs to hear, or does not exist: which of the two, nobody learns."""
    if stream == live.TOPICS:
        return {in_category(each.pk) for each in categories.seen_by(user)}
    if (number := live.number(stream, of="member")) is not None:
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
    """Held on a topic's stream by those who may read it there, or even if it were hidden. A topic that has just been
    moved or hidden is told under another label, so that nobody hears more of it before they have been asked anew."""
    return f"{'hidden ' if is_hidden else ''}in {category_id}"


def in_category(category_id: int) -> str:
    """Held on the stream of the lists by those who may see the category."""
    return f"category:{category_id}"


def may_reply_in(topic_id: int) -> str:
    return f"reply:{topic_id}"


@lru_cache(maxsize=10_000)
def _shared(labels):
    """One object for all tabs that hold the same."""
    return labels
