"""Runs the heartbeat of a socket process: exchanges states with others, and finds changes whose message was lost."""

import asyncio
import os
import socket
import time
from secrets import token_hex

import redis
import structlog

from forums.live import streams
from forums.live.connections.access_recheck import ROUND
from forums.live.delivery.batcher import queries, start_background
from forums.live.delivery.process_states import exchange, topics
from forums.models import Topic

EVERY = 2
"""Seconds between two beats."""
COMPARE_EVERY = 3
"""Beats between two searches for changes whose message was lost."""
log = structlog.get_logger("folkmoot.live")


class Heartbeat:
    def __init__(self, hub) -> None:
        self._hub = hub
        self.process = f"{socket.gethostname()}-{os.getpid()}-{token_hex(2)}"
        self.alive: set[str] | None = None
        """The processes that are alive; None until the first heartbeat."""
        self._work: asyncio.Task | None = None
        self._late = 0.0

    def start(self) -> None:
        """Beat as long as the hub has connections. Does nothing if it beats already."""
        if self._work is None or self._work.done():
            self._work = start_background(self._beat())

    async def _beat(self):
        beats = 0
        while self._hub.connections:
            try:
                await self._exchange()
                self._restore()
                if beats % COMPARE_EVERY == 0:
                    await self.compare_versions()
            except Exception:
                log.exception("heartbeat missed")
            beats += 1
            self._hub.access_recheck.sweep(EVERY / ROUND)
            due = time.monotonic() + EVERY
            await asyncio.sleep(EVERY)
            self._late = time.monotonic() - due

    async def _exchange(self):
        own = self.state()
        try:
            states = await asyncio.to_thread(exchange, own)
        except redis.RedisError:
            states = [own]
        self.alive = {state["process"] for state in states}
        self._hub.presence.send_counts({pk: topic["readers"] for pk, topic in topics(states).items()})

    def state(self) -> dict:
        """Describe this process.

        `late` is how many seconds too late its event loop woke. `lag` is how many seconds late the last batch of its
        latest topic was. `topics` has readers, step and lag for each topic.
        """
        hub, topics_read = self._hub, {}
        for name, stream in hub.streams.items():
            if topic := streams.number(name, of="topic"):
                topics_read[str(topic)] = (hub.presence.count(stream), int(stream.step), round(stream.lag, 3))
        return {
            "process": self.process,
            "sockets": len(hub.connections),
            "streams": len(hub.streams),
            "deliveries": hub.deliveries,
            "late": round(self._late, 3),
            "lag": max((lag for *_, lag in topics_read.values()), default=0),
            "is_paused": hub.subscription.is_paused,
            "topics": topics_read,
        }

    def _restore(self):
        for stream in list(self._hub.streams.values()):
            topic = streams.number(stream.name, of="topic")
            if stream.load_shedding.recover(time.monotonic()) and topic:
                stream.enqueue(streams.encode("topic_changed", topic=topic))

    async def compare_versions(self) -> None:
        """Send the changes whose message was lost. One query for all streams."""
        versions = {
            topic: stream.sent["version"]
            for name, stream in self._hub.streams.items()
            if (topic := streams.number(name, of="topic"))
        }
        for topic, version in (await _versions(list(versions))).items():
            stream = self._hub.streams.get(streams.topic(topic))
            if stream and stream.sent["version"] != version:
                stream.enqueue(streams.encode("topic_changed", topic=topic))


@queries
def _versions(topics):
    return dict(Topic.objects.filter(pk__in=topics).values_list("pk", "version"))
