"""What happens is told to those who watch: the only module that names streams.

A page listens to the streams it shows: `topic:7`, `topics` for lists, and `member:3`, the viewer's own. What is
published goes by Redis to the process of every socket (forums/sockets/), which passes it on. Telling may fail
silently, because every page can also ask: a lost message costs seconds, and no truth.

A message is a dict with `kind`, an event's name in the past tense, and whatever that kind says. What happens often
is published as the bare news that it did. The kind's *expander* then says, once for each batch and process, what is
to be told, in as many versions as there are kinds of listeners: a listener hears the version of the first *label*
that they hold, and otherwise the one under "".
"""

import json
from collections.abc import Callable, Iterable
from functools import lru_cache

import redis
import structlog
from django.conf import settings
from django.db import transaction
from django_redis import get_redis_connection

log = structlog.get_logger("folkmoot.live")

TOPICS = "topics"
"""The stream of all lists: new topics and new counts."""
CONTROL = "control"
"""What the processes of the sockets tell each other; no page can join it."""
MEMBERS = "members"
"""The channel of all members' streams, of which there are too many for one each."""

Versions = dict[str, str]
"""What is told of one thing: JSON by label; an empty text is not told."""
Expander = Callable[[list[dict], object], Iterable[Versions]]
Labeller = Callable[[str, list], dict[int | None, Iterable[str]]]
_expanders: dict[str, Expander] = {}
_labellers: list[Labeller] = []


# --- Names --------------------------------------------------------------------------------------------


def topic(topic_id: int) -> str:
    """The stream of all that happens on a topic's page."""
    return f"topic:{topic_id}"


def member(member_id: int) -> str:
    """The stream of what concerns one member alone; only they can join it."""
    return f"member:{member_id}"


def number(stream: str, of: str) -> int | None:
    """The 7 of `topic:7`, if it is a stream `of` topics."""
    name, _, digits = stream.partition(":")
    return int(digits) if name == of and digits else None


def channel(stream: str) -> str:
    """On which of Redis's channels a stream travels. Channels do not care about the number of the database, so it is
    part of their names: two forums may share a server."""
    return key(MEMBERS if stream.startswith("member:") else stream)


def key(name: str) -> str:
    """What `name` is called at Redis."""
    return _prefix(settings.CACHES["default"]["LOCATION"]) + name


def stream_of(channel: str) -> str:
    return channel.removeprefix(key(""))


@lru_cache
def _prefix(url):
    return f"live:{redis.connection.parse_url(url).get('db', 0)}:"


# --- Telling ------------------------------------------------------------------------------------------


def encode(kind: str, **facts) -> str:
    """A message as it travels."""
    return json.dumps({"kind": kind, **facts}, separators=(",", ":"))


def publish(stream: str, kind: str, **facts) -> None:
    """Tell those who listen, once the transaction has been committed; at once outside of one."""
    publish_each(kind, {stream: facts})


def publish_each(kind: str, facts: dict[str, dict]) -> None:
    """Tell each stream its own facts, in one trip to Redis, once the transaction has been committed."""
    messages = {stream: encode(kind, **_addressed(stream), **told) for stream, told in facts.items()}
    transaction.on_commit(lambda: send(messages))


def _addressed(stream):
    return {"stream": stream} if stream.startswith("member:") else {}


def topic_changed(topic_id: int) -> None:
    """Tell that something a topic's page shows is different. What it is, each process looks up for all of its
    listeners (`forums.changes`), so however much changes at once, this is all that travels."""
    publish(topic(topic_id), "topic_changed", topic=topic_id)


def comment_added(topic_id: int, *, is_new_topic: bool) -> None:
    """Tell the topic's pages what `topic_changed` tells, and the lists that it is new or has a new comment: the only
    news of both, in one trip to Redis."""
    changed = encode("topic_changed", topic=topic_id)
    listed = encode("topics_changed", topic=topic_id, is_new=is_new_topic)
    transaction.on_commit(lambda: send({topic(topic_id): changed, TOPICS: listed}))


def access_changed(
    *, member: int | None = None, topic: int | None = None, category: int | None = None
) -> None:
    """Have all sockets concerned asked anew, within a second, whether they may hear what they hear; those of
    everybody where nothing is named. To be called by whatever takes rights away or gives them."""
    publish(CONTROL, "access_changed", member=member, topic=topic, category=category)


def send(messages: dict[str, str]) -> None:
    """Tell each stream an encoded message, now."""
    try:
        pipe = get_redis_connection("default").pipeline(transaction=False)
        for stream, message in messages.items():
            pipe.publish(channel(stream), message)
        pipe.execute()
    except redis.RedisError:
        log.info("not told", streams=list(messages)[:5])


# --- What other apps add ------------------------------------------------------------------------------


def register_kind(kind: str, expand: Expander) -> None:
    """Have `expand(messages, stream)` make what is told of a batch's messages of this kind (no two of them equal) to
    the listeners of a `forums.sockets.stream.Stream`. It runs in a thread and may query."""
    _expanders[kind] = expand


def expander(kind: str) -> Expander | None:
    return _expanders.get(kind)


def register_labels(labels: Labeller) -> None:
    """Have `labels(stream, users)` say which versions listeners may hear on a stream that is theirs to hear: labels
    by the user's pk, None for visitors. It may query, but not once for each user."""
    _labellers.append(labels)


def labels(stream: str, users: list) -> dict[int | None, set[str]]:
    """Every label that each of `users` holds on a stream."""
    held: dict[int | None, set[str]] = {user.pk: set() for user in users}
    for label in _labellers:
        for pk, names in label(stream, users).items():
            held[pk].update(names)
    return held
