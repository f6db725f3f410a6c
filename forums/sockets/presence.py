"""Who is there: how many read a topic, and who is writing a reply to it."""

import asyncio
import time

from forums import live
from forums.sockets import rights
from forums.sockets.ladder import Step

EVERY = 5
"""Seconds between two numbers of readers told, at least."""
COARSE = 50
"""A change by less than this part of the number is not worth telling everybody."""
WRITING = 4
"""Seconds for which a member who goes on writing is not told of again."""


class Presence:
    """`totals` are readers by topic over all processes, as of a moment ago."""

    def __init__(self, hub) -> None:
        self._hub = hub
        self.totals: dict[int, int] = {}

    def count(self, stream) -> int:
        """Readers in this process: each member once, whatever the number of their tabs; without those who do not want
        to be seen."""
        members = {tab.member.id for tab in stream.tabs if tab.member and tab.member.is_shown}
        return len(members) + sum(tab.member is None for tab in stream.tabs)

    def tell(self, totals: dict[int, int]) -> None:
        """Tell the topics of this process how many read them, where that has changed."""
        self.totals, now = totals, time.monotonic()
        for topic, number in totals.items():
            stream = self._hub.streams.get(live.topic(topic))
            if stream is None or stream.step == Step.POLLING:
                continue
            before, at = stream.told.get("readers", (0, float("-inf")))
            if abs(number - before) > number // COARSE and now - at >= EVERY:
                stream.told["readers"] = number, now
                stream.hear(live.encode("readers_counted", topic=topic, readers=number))

    def greet(self, tab, topic: int) -> None:
        """Tell a page that has just come."""
        if number := self.totals.get(topic):
            tab.tell("readers_counted", topic=topic, readers=number)

    async def write(self, tab, stream: str, parent: int | None) -> None:
        """Tell that the tab's member has begun to write, if they may and do not mind, and are heard in time."""
        topic = live.number(stream, of="topic")
        is_heard = stream in tab.streams and self._hub.streams[stream].step == Step.FULL
        if not is_heard or not tab.member or not tab.member.is_shown:
            return
        if rights.may_reply_in(topic) not in tab.labels or time.monotonic() - tab.wrote_at < WRITING:
            return
        tab.wrote_at = time.monotonic()
        who = {"by": tab.member.name, "member": tab.member.id}
        told = live.encode("reply_begun", topic=topic, parent=parent, **who)
        await asyncio.to_thread(live.send, {stream: told})
