"""Counts the readers of a topic and says who is writing a reply."""

import asyncio
import time

from forums.live import streams
from forums.live.connections import stream_access
from forums.live.delivery.load_shedding import Step

EVERY = 5
"""Seconds at least between two messages with the number of readers."""
PRECISION = 50
"""A change by less than 1/PRECISION of the number is not sent."""
WRITING_EVERY = 4
"""Seconds at least between two messages that the same connection is writing."""


class Presence:
    """Keeps `totals`: the readers of each topic in all processes, at the last heartbeat."""

    def __init__(self, hub) -> None:
        self._hub = hub
        self.totals: dict[int, int] = {}

    def count(self, stream) -> int:
        """Count the readers in this process: each member once, and none who does not want to be seen."""
        members = {
            connection.member.id
            for connection in stream.connections
            if connection.member and connection.member.is_shown
        }
        return len(members) + sum(connection.member is None for connection in stream.connections)

    def send_counts(self, totals: dict[int, int]) -> None:
        """Send the number of readers to each topic of this process where it has changed enough."""
        self.totals, now = totals, time.monotonic()
        for topic, number in totals.items():
            stream = self._hub.streams.get(streams.topic(topic))
            if stream is None or stream.step == Step.POLLING:
                continue
            before, at = stream.sent.get("readers", (0, float("-inf")))
            if abs(number - before) > number // PRECISION and now - at >= EVERY:
                stream.sent["readers"] = number, now
                stream.enqueue(streams.encode("readers_counted", topic=topic, readers=number))

    def send_count(self, connection, topic: int) -> None:
        """Send the number of readers to a page that has just joined."""
        if number := self.totals.get(topic):
            connection.send("readers_counted", topic=topic, readers=number)

    async def write(self, connection, stream: str, parent: int | None) -> None:
        """Publish that the connection's member is writing a reply.

        Only if they may reply and want to be seen, and if the topic is not crowded.
        """
        topic = streams.number(stream, of="topic")
        may_send = stream in connection.streams and self._hub.streams[stream].step == Step.FULL
        if not may_send or not connection.member or not connection.member.is_shown:
            return
        if (
            stream_access.replier_label(topic) not in connection.labels
            or time.monotonic() - connection.wrote_at < WRITING_EVERY
        ):
            return
        connection.wrote_at = time.monotonic()
        who = {"by": connection.member.name, "member": connection.member.id}
        message = streams.encode("reply_begun", topic=topic, parent=parent, **who)
        await asyncio.to_thread(streams.send, {stream: message})
