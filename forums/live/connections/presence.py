"""Counts the readers of a topic and says who is writing a reply."""

import asyncio
import time

from forums.live import streams
from forums.live.connections import stream_access
from forums.live.delivery.load_shedding import Step

EVERY = 5
"""Seconds at least between two messages with the number of readers."""
COARSE = 50
"""A change by less than 1/COARSE of the number is not sent."""
WRITING = 4
"""Seconds at least between two messages that the same tab is writing."""


class Presence:
    """Keeps `totals`: the readers of each topic in all processes, at the last heartbeat."""

    def __init__(self, hub) -> None:
        self._hub = hub
        self.totals: dict[int, int] = {}

    def count(self, stream) -> int:
        """Count the readers in this process: each member once, and none who does not want to be seen."""
        members = {tab.member.id for tab in stream.tabs if tab.member and tab.member.is_shown}
        return len(members) + sum(tab.member is None for tab in stream.tabs)

    def tell(self, totals: dict[int, int]) -> None:
        """Send the number of readers to each topic of this process where it has changed enough."""
        self.totals, now = totals, time.monotonic()
        for topic, number in totals.items():
            stream = self._hub.streams.get(streams.topic(topic))
            if stream is None or stream.step == Step.POLLING:
                continue
            before, at = stream.told.get("readers", (0, float("-inf")))
            if abs(number - before) > number // COARSE and now - at >= EVERY:
                stream.told["readers"] = number, now
                stream.hear(streams.encode("readers_counted", topic=topic, readers=number))

    def greet(self, tab, topic: int) -> None:
        """Send the number of readers to a page that has just joined."""
        if number := self.totals.get(topic):
            tab.tell("readers_counted", topic=topic, readers=number)

    async def write(self, tab, stream: str, parent: int | None) -> None:
        """Publish that the tab's member is writing a reply.

        Only if they may reply and want to be seen, and if the topic is not crowded.
        """
        topic = streams.number(stream, of="topic")
        is_heard = stream in tab.streams and self._hub.streams[stream].step == Step.FULL
        if not is_heard or not tab.member or not tab.member.is_shown:
            return
        if stream_access.may_reply_in(topic) not in tab.labels or time.monotonic() - tab.wrote_at < WRITING:
            return
        tab.wrote_at = time.monotonic()
        who = {"by": tab.member.name, "member": tab.member.id}
        told = streams.encode("reply_begun", topic=topic, parent=parent, **who)
        await asyncio.to_thread(streams.send, {stream: told})
