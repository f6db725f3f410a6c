"""The heartbeat of a process: it says how it is and hears how the others are, and looks after what nobody tells."""

import asyncio
import json
import os
import socket
import time
from secrets import token_hex

import redis
import structlog
from django_redis import get_redis_connection

from forums import live
from forums.models import Topic
from forums.sockets.desk import queries
from forums.sockets.doubts import ROUND

EVERY = 2
"""Seconds between two beats."""
LIFETIME = 7
"""Seconds after which a process that says nothing is gone."""
COMPARE_EVERY = 3
"""Beats between two looks for changes that nobody has told."""
log = structlog.get_logger("folkmoot.live")


class Pulse:
    def __init__(self, hub) -> None:
        self._hub = hub
        self.process = f"{socket.gethostname()}-{os.getpid()}-{token_hex(2)}"
        self.alive: set[str] | None = None
        """The processes that spoke lately; None while it is not known."""
        self._work: asyncio.Task | None = None
        self._late = 0.0

    def start(self) -> None:
        """Beat for as long as the hub has tabs; again is no error."""
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._beat())

    async def _beat(self):
        beats = 0
        while self._hub.tabs:
            try:
                await self._exchange()
                self._climb_down()
                if beats % COMPARE_EVERY == 0:
                    await self.compare_versions()
            except Exception:
                log.exception("heartbeat missed")
            beats += 1
            self._hub.doubts.sweep(EVERY / ROUND)
            due = time.monotonic() + EVERY
            await asyncio.sleep(EVERY)
            self._late = time.monotonic() - due

    async def _exchange(self):
        own = self._state()
        try:
            states = await asyncio.to_thread(exchange, own)
        except redis.RedisError:
            states = [own]
        self.alive = {state["process"] for state in states}
        readers: dict[int, int] = {}
        for state in states:
            for topic, (number, _step, _lag) in state["topics"].items():
                readers[int(topic)] = readers.get(int(topic), 0) + number
        self._hub.presence.tell(readers)

    def _state(self):
        """How this process is; `late` is by how many seconds its event loop woke too late."""
        hub = self._hub
        topics = {}
        for name, stream in hub.streams.items():
            if topic := live.number(name, of="topic"):
                topics[str(topic)] = (hub.presence.count(stream), int(stream.step), round(stream.lag, 3))
        return {
            "process": self.process,
            "sockets": len(hub.tabs),
            "streams": len(hub.streams),
            "deliveries": hub.deliveries,
            "late": round(self._late, 3),
            "is_paused": hub.feed.is_paused,
            "topics": topics,
        }

    def _climb_down(self):
        for stream in list(self._hub.streams.values()):
            topic = live.number(stream.name, of="topic")
            if stream.ladder.look(time.monotonic()) and topic:
                stream.hear(live.encode("topic_changed", topic=topic))

    async def compare_versions(self) -> None:
        """Have streams hear of changes that they should have been told of. One query for all."""
        versions = {
            topic: stream.told["version"]
            for name, stream in self._hub.streams.items()
            if (topic := live.number(name, of="topic"))
        }
        for topic, version in (await _versions(list(versions))).items():
            stream = self._hub.streams.get(live.topic(topic))
            if stream and stream.told["version"] != version:
                stream.hear(live.encode("topic_changed", topic=topic))


@queries
def _versions(topics):
    return dict(Topic.objects.filter(pk__in=topics).values_list("pk", "version"))


def exchange(own: dict) -> list[dict]:
    """Write down how a process is; how all are, itself included. Raises RedisError."""
    client = get_redis_connection("default")
    with client.pipeline(transaction=False) as pipe:
        pipe.set(_key(own["process"]), json.dumps(own), ex=LIFETIME)
        pipe.sadd(live.key("processes"), own["process"])
        pipe.execute()
    return states()


def states() -> list[dict]:
    """How all processes with sockets are, as they last said. Raises RedisError."""
    client = get_redis_connection("default")
    names = sorted(name.decode() for name in client.smembers(live.key("processes")))
    found = client.mget([_key(name) for name in names]) if names else []
    gone = [name for name, state in zip(names, found, strict=True) if state is None]
    if gone:
        client.srem(live.key("processes"), *gone)
    return [json.loads(state) for state in found if state]


def _key(process):
    return live.key(f"process:{process}")
