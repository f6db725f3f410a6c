"""What happens is told to those who watch: the only module that names streams.

A stream is one for each topic. What is published on it goes by Redis to the process of every socket
(forums/streams.py), which passes it on. Telling may fail silently, because every page can also ask: a lost
message costs a second's delay and no truth.

A message is a dict with `kind`, an event's name in the past tense, and whatever that kind says. A kind that
happens hundreds of times a second is published as the bare news that it did. Its *expander* then says, once
for each batch and process, what is to be told, in as many versions as there are kinds of listeners: a
listener hears the version of a *label* that they hold, and otherwise the one under "".
"""

import json
from collections.abc import Callable, Iterable

import redis
import structlog
from django.db import transaction
from django_redis import get_redis_connection

CHANNEL = "live:"
log = structlog.get_logger("folkmoot.live")

Expander = Callable[[dict], dict[str, dict]]
_expanders: dict[str, Expander] = {}
_labellers: list[Callable[..., Iterable[str]]] = []


def topic(topic_id: int) -> str:
    """The stream of all that happens on a topic's page."""
    return f"topic:{topic_id}"


def member(member_id: int) -> str:
    """The stream of what concerns one member, heard by their own tabs alone."""
    return f"member:{member_id}"


def channel(stream: str) -> str:
    """Under which name Redis carries a stream."""
    return f"{CHANNEL}{stream}"


def encode(kind: str, **facts) -> str:
    """A message as it travels."""
    return json.dumps({"kind": kind, **facts}, separators=(",", ":"))


def publish(stream: str, kind: str, **facts) -> None:
    """Tell those who listen, once the transaction has been committed; at once outside of one."""
    transaction.on_commit(lambda: _send(stream, encode(kind, **facts)))


def publish_each(kind: str, facts: dict[str, dict]) -> None:
    """Tell each stream its own facts, in one trip to Redis, once the transaction has been committed."""
    transaction.on_commit(lambda: _send_all({stream: encode(kind, **told) for stream, told in facts.items()}))


def topic_changed(topic_id: int) -> None:
    """Tell that something a topic's page shows is different. What it is, each process looks up for all of its
    listeners (`forums.changes`), so however much changes at once, this is all that travels."""
    publish(topic(topic_id), "topic_changed", topic=topic_id)


def register_kind(kind: str, expand: Expander) -> None:
    """Have `expand(message)` make what is told of messages of this kind: a payload for each label, and under
    "" the one for everybody else. Equal messages of one batch are one. It runs in a thread and may query."""
    _expanders[kind] = expand


def expander(kind: str) -> Expander | None:
    return _expanders.get(kind)


def register_labels(labels: Callable[..., Iterable[str]]) -> None:
    """Have `labels(user, stream)` say which versions the listener may hear. It may query."""
    _labellers.append(labels)


def labels(user, stream: str) -> frozenset[str]:
    """Every label that `user` holds on a stream they may hear."""
    return frozenset(label for held in _labellers for label in held(user, stream))


def _send(stream, message):
    _send_all({stream: message})


def _send_all(messages):
    try:
        pipeline = get_redis_connection("default").pipeline(transaction=False)
        for stream, message in messages.items():
            pipeline.publish(channel(stream), message)
        pipeline.execute()
    except redis.RedisError:
        log.info("not told", streams=list(messages)[:5])
