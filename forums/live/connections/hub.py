"""Keeps all tabs and streams of this process: lets tabs join and leave, and passes messages to streams."""

import asyncio
import json
from weakref import WeakKeyDictionary

import structlog

from forums.live import streams
from forums.live.connections import updates
from forums.live.connections.access_recheck import AccessRecheck
from forums.live.connections.connection_limits import ConnectionLimits
from forums.live.connections.heartbeat import Heartbeat
from forums.live.connections.presence import Presence
from forums.live.connections.stream_access import Asked, answer
from forums.live.delivery.batcher import Batcher
from forums.live.delivery.load_shedding import Step
from forums.live.delivery.stream import Stream
from forums.live.delivery.subscription import Subscription
from forums.live.delivery.transport import deliver

log = structlog.get_logger("folkmoot.live")
ALWAYS = (streams.CONTROL, streams.MEMBERS)
"""Channels that are always subscribed to."""


class Hub:
    """There is one hub in each process, on its event loop."""

    def __init__(self) -> None:
        self.tabs: set = set()
        self.streams: dict[str, Stream] = {}
        self.channels = {streams.key(name) for name in ALWAYS}
        """The Redis channels that the streams need."""
        self.rights, self.missed, self.unread = (
            Batcher(answer),
            Batcher(updates.missed),
            Batcher(updates.unread),
        )
        self.feed, self.pulse = Subscription(self), Heartbeat(self)
        self.crowd, self.doubts, self.presence = ConnectionLimits(self), AccessRecheck(self), Presence(self)
        self._under_way: set[asyncio.Task] = set()
        self._deliveries = 0

    @property
    def deliveries(self) -> int:
        """Number of messages written to pages so far."""
        return self._deliveries + sum(stream.deliveries for stream in self.streams.values())

    def tabs_of(self, name: str) -> set:
        """Return the tabs that receive a stream."""
        stream = self.streams.get(name)
        return stream.tabs if stream else set()

    # --- Tabs come and go ---------------------------------------------------------------------------

    async def welcome(self, tab) -> None:
        """Add a tab that has just connected, and look up its member."""
        self.tabs.add(tab)
        self.feed.start()
        self.pulse.start()
        if tab.session:
            tab.member = (await self.rights.ask(Asked(tab.session, ()))).member
        await self.crowd.admit(tab)

    def forget(self, tab) -> None:
        """Remove a tab that has closed."""
        for name in list(tab.streams):
            self.leave(tab, name)
        self.tabs.discard(tab)
        self.crowd.forget(tab)

    async def join(self, tab, name: str, since: int | None = None) -> bool:
        """Add `tab` to a stream if it may receive it. Returns whether it may.

        The tab receives `joined`, for a topic with the version up to which the stream has sent everything. A page that
        shows an older version has missed changes. If it says `since` which version, it receives them at once. When many
        pages reconnect together, they share one query.
        """
        epoch = self.doubts.epoch
        heard = (await self.rights.ask(Asked(tab.session, (name,)))).heard[name]
        if heard is None:
            self.leave(tab, name)
            return False
        stream = self.streams.get(name) or self._open(name, heard.version)
        stream.expected += 1
        try:
            await self.feed.add(streams.channel(name))
            missed = await self._missed(stream, since)
            stream.tabs.add(tab)
            tab.hear(name, heard.labels)
            self.greet(tab, stream)
            self._do(self.ring(stream))
            await deliver({tab}, missed)
        finally:
            stream.expected -= 1
            self._close_if_empty(stream)
        if epoch != self.doubts.epoch:
            self.doubts.add([tab])  # rights have changed since the check
        return True

    async def _missed(self, stream, since):
        """Return the changes since version `since`, so that the next batch follows on them.

        Empty while the topic is crowded: then the page fetches the changes when its reader asks for them.
        """
        told = []
        while since is not None and stream.step == Step.FULL and since < (stream.told["version"] or 0):
            since, versions = await self.missed.ask((streams.number(stream.name, of="topic"), since))
            told.append(versions)
        return told

    def greet(self, tab, stream: Stream) -> None:
        """Send the state of a stream to a tab that has joined it or whose labels have changed."""
        topic = streams.number(stream.name, of="topic")
        if topic is None:
            tab.tell("joined", stream=stream.name)
        else:
            tab.tell("joined", stream=stream.name, version=stream.told["version"])
            self.presence.greet(tab, topic)
            if stream.step == Step.POLLING:
                tab.tell("topic_crowded", topic=topic, every=updates.EVERY)
        if self.feed.is_paused:
            tab.tell("paused")

    async def ring(self, stream: Stream) -> None:
        """Send the number of unread notifications to a member's tabs, because they may have missed it."""
        if (member := streams.number(stream.name, of="member")) is None:
            return
        before = stream.deliveries
        unread = await self.unread.ask(member)
        if stream.deliveries == before:  # otherwise a newer number was sent meanwhile
            await deliver(stream.tabs, [{"": streams.encode("notified", stream=stream.name, unread=unread)}])

    def leave(self, tab, name: str) -> None:
        tab.unhear(name)
        if stream := self.streams.get(name):
            stream.tabs.discard(tab)
            self._close_if_empty(stream)

    def end(self, tab, name: str) -> None:
        """Remove a tab from a stream that it may no longer receive."""
        self.leave(tab, name)
        tab.tell("ended", stream=name)

    def _open(self, name, version):
        stream = self.streams[name] = Stream(name)
        stream.told["version"] = version
        self.channels.add(streams.channel(name))
        return stream

    def _close_if_empty(self, stream):
        if stream.tabs or stream.expected:
            return
        del self.streams[stream.name]
        self._deliveries += stream.deliveries
        channel = streams.channel(stream.name)
        if channel not in map(streams.key, ALWAYS):
            self.channels.discard(channel)
            self._do(self.feed.remove(channel))

    # --- Messages arrive ----------------------------------------------------------------------------

    def hear(self, channel: str, text: str) -> None:
        """Pass a message from Redis to its stream."""
        if channel == streams.key(streams.CONTROL):
            self._control(json.loads(text))
            return
        name = (
            json.loads(text)["stream"]
            if channel == streams.key(streams.MEMBERS)
            else streams.stream_of(channel)
        )
        if stream := self.streams.get(name):
            stream.hear(text)

    def _control(self, message):
        kind = message.pop("kind")
        if kind == "access_changed":
            self._do(self.doubts.hear(**message))
        elif kind == "tabs_superseded":
            self.crowd.close(**message)

    async def pause(self) -> None:
        """Redis is away: have the pages poll until it is back."""
        await deliver(self.tabs, [{"": streams.encode("paused")}])

    async def resume(self) -> None:
        """Redis is back: look up the changes that were missed, and recheck all rights."""
        await deliver(self.tabs, [{"": streams.encode("resumed")}])
        self.doubts.add(self.tabs)
        self._do(self.pulse.compare_versions())
        for stream in self.streams.values():
            self._do(self.ring(stream))

    def _do(self, work):
        """Run `work` without waiting for it."""
        task = asyncio.ensure_future(work)
        self._under_way.add(task)
        task.add_done_callback(self._done)

    def _done(self, task):
        self._under_way.discard(task)
        if not task.cancelled() and task.exception():
            log.error("background work of the hub failed", exc_info=task.exception())


_hubs: WeakKeyDictionary = WeakKeyDictionary()


def here() -> Hub:
    """Return the hub of the running event loop. Only tests have more than one."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
