"""Names the streams of live updates and publishes messages to them.

A page joins the streams it shows: `topic:7`, `topics` for lists, and `member:3`, the viewer's own. Redis carries a
message to every socket process (forums/live/connections/), which writes it to the pages. A message may be lost,
because every page can also request what it has missed. This costs seconds, and no data.

A message is a dict. Its `kind` is an event's name in the past tense; the other keys depend on the kind. An event that
happens often is published without its content. Each process then looks the content up once for all pages
(forums/live/delivery/expanders.py).
"""

import json
from functools import lru_cache

import redis
import structlog
from django.conf import settings
from django.db import transaction
from django_redis import get_redis_connection

from config.caching.redis_calls import call
from config.monitoring import tracing
from config.redis import clients

log = structlog.get_logger("folkmoot.live")

TOPICS = "topics"
"""The stream of all lists: new topics and new counts."""
CONTROL = "control"
"""The stream on which socket processes send messages to each other. No page can join it."""
MEMBERS = "members"
"""The channel that carries the streams of all members. There are too many for one channel each."""

Versions = dict[str, str]
"""JSON texts of one message by label (forums/live/delivery/expanders.py). An empty text is not sent."""


# --- Names --------------------------------------------------------------------------------------------


def topic(topic_id: int) -> str:
    """Name the stream of everything that happens on a topic's page."""
    return f"topic:{topic_id}"


def member(member_id: int) -> str:
    """Name the stream that one member alone can join."""
    return f"member:{member_id}"


def number(stream: str, of: str) -> int | None:
    """Return the 7 of `topic:7` if the stream is one `of` topics, otherwise None."""
    name, _, digits = stream.partition(":")
    return int(digits) if name == of and digits else None


def channel(stream: str) -> str:
    """Name the Redis channel that carries a stream.

    The name contains the number of the database, because all databases of a Redis server share its channels. So two
    forums can share a server.
    """
    return key(MEMBERS if stream.startswith("member:") else stream)


def key(name: str) -> str:
    """Prefix `name` for Redis."""
    return _prefix(settings.CACHES["default"]["LOCATION"]) + name


def stream_of(channel: str) -> str:
    """Return the stream that a channel carries, unless it is a member's."""
    return channel.removeprefix(key(""))


@lru_cache
def _prefix(url):
    return f"live:{clients.database(url)}:"


# --- Publishing ---------------------------------------------------------------------------------------


def encode(kind: str, **data) -> str:
    """Encode a message as JSON."""
    return json.dumps({"kind": kind, **data}, separators=(",", ":"))


def publish(stream: str, kind: str, **data) -> None:
    """Publish a message after the commit, or now if there is no transaction."""
    publish_each(kind, {stream: data})


def publish_each(kind: str, data: dict[str, dict]) -> None:
    """Publish to each stream its own message after the commit. One Redis round trip."""
    messages = {stream: encode(kind, **_addressed(stream), **own) for stream, own in data.items()}
    _send_on_commit(messages)


def _addressed(stream):
    return {"stream": stream} if stream.startswith("member:") else {}


def topic_changed(topic_id: int) -> None:
    """Publish that a topic's page has changed.

    The message does not say what changed: each process looks it up once for all pages
    (`forums.reading.changes_since`). So its size does not depend on how much changed.
    """
    publish(topic(topic_id), "topic_changed", topic=topic_id)


def comment_added(topic_id: int, *, is_new_topic: bool) -> None:
    """Publish that a topic is new or has a new comment, to its page and to the lists. One Redis round trip."""
    changed = encode("topic_changed", topic=topic_id)
    listed = encode("topics_changed", topic=topic_id, is_new=is_new_topic)
    _send_on_commit({topic(topic_id): changed, TOPICS: listed})


def access_changed(
    *, member: int | None = None, topic: int | None = None, category: int | None = None
) -> None:
    """Have the socket processes check again, within a second, which connections may still receive their streams.

    Checks all connections if nothing is named. Call this wherever access is given or taken away.
    """
    publish(CONTROL, "access_changed", member=member, topic=topic, category=category)


def _send_on_commit(messages):
    trace = tracing.current()
    transaction.on_commit(lambda: send(messages, trace))


def send(messages: dict[str, str], trace: str = "") -> None:
    """Publish an encoded message to each stream now. Never raises without Redis, but logs that.

    With tracing, a second line has the `trace` that the message belongs to.
    """
    suffix = f"\n{trace}" if trace else ""
    try:
        sent = (("PUBLISH", channel(stream), message + suffix) for stream, message in messages.items())
        call(get_redis_connection("default").connection_pool, *sent)
    except redis.RedisError:
        log.info("messages not published", streams=list(messages)[:5])
