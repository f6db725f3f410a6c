"""All tabs and streams of this process: who joins and leaves, and what arrives for whom."""

import asyncio
import json
from weakref import WeakKeyDictionary

import structlog

from forums import live
from forums.sockets import news
from forums.sockets.crowd import Crowd
from forums.sockets.delivery import deliver
from forums.sockets.desk import Desk
from forums.sockets.doubts import Doubts
from forums.sockets.feed import Feed
from forums.sockets.ladder import Step
from forums.sockets.presence import Presence
from forums.sockets.pulse import Pulse
from forums.sockets.rights import Asked, answer
from forums.sockets.stream import Stream

log = structlog.get_logger("folkmoot.live")
ALWAYS = (live.CONTROL, live.MEMBERS)
"""Channels that are heard whoever is there."""


class Hub:
    """There is one in each process, on its event loop."""

    def __init__(self) -> None:
        self.tabs: set = set()
        self.streams: dict[str, Stream] = {}
        self.channels = {live.key(name) for name in ALWAYS}
        """Those of Redis that the streams need."""
        self.rights = Desk(answer)
        self.feed, self.pulse = Feed(self), Pulse(self)
        self.crowd, self.doubts, self.presence = Crowd(self), Doubts(self), Presence(self)
        self._under_way: set[asyncio.Task] = set()
        self._deliveries = 0

    @property
    def deliveries(self) -> int:
        """Messages written to pages since the beginning."""
        return self._deliveries + sum(stream.deliveries for stream in self.streams.values())

    def tabs_of(self, name: str) -> set:
        """Those that hear a stream."""
        stream = self.streams.get(name)
        return stream.tabs if stream else set()

    # --- Tabs come and go ---------------------------------------------------------------------------

    async def welcome(self, tab) -> None:
        """Take in a tab that has just connected, and find out whose it is."""
        self.tabs.add(tab)
        self.feed.start()
        self.pulse.start()
        if tab.session:
            tab.member = (await self.rights.ask(Asked(tab.session, ()))).member
        await self.crowd.admit(tab)

    def forget(self, tab) -> None:
        """It is gone."""
        for name in list(tab.streams):
            self.leave(tab, name)
        self.tabs.discard(tab)
        self.crowd.forget(tab)

    async def join(self, tab, name: str) -> bool:
        """Let `tab` hear a stream, if it may; from the return on, it hears all that happens there."""
        epoch = self.doubts.epoch
        heard = (await self.rights.ask(Asked(tab.session, (name,)))).heard[name]
        if heard is None:
            self.leave(tab, name)
            return False
        stream = self.streams.get(name) or self._open(name, heard.version)
        stream.tabs.add(tab)
        tab.hear(name, heard.labels)
        if epoch != self.doubts.epoch:
            self.doubts.add([tab])  # the answer may have been overtaken
        await self.feed.add(live.channel(name))
        return name in tab.streams  # unless it has ended meanwhile

    def greet(self, tab, name: str) -> None:
        """Tell a tab that has joined a stream how things are there. Up to the version, its listeners have been told
        everything: whose page is older has missed something, and asks."""
        stream, topic = self.streams[name], live.number(name, of="topic")
        if topic is None:
            tab.tell("joined", stream=name)
        else:
            tab.tell("joined", stream=name, version=stream.told["version"])
            self.presence.greet(tab, topic)
            if stream.step == Step.POLLING:
                tab.tell("topic_crowded", topic=topic, every=news.EVERY)
        if self.feed.is_paused:
            tab.tell("paused")

    def leave(self, tab, name: str) -> None:
        tab.unhear(name)
        stream = self.streams.get(name)
        if stream is None:
            return
        stream.tabs.discard(tab)
        if not stream.tabs:
            del self.streams[name]
            self._deliveries += stream.deliveries
            if live.channel(name) not in map(live.key, ALWAYS):
                self.channels.discard(live.channel(name))
                self._do(self.feed.remove(live.channel(name)))

    def end(self, tab, name: str) -> None:
        """Take a stream away from a tab that may no longer hear it."""
        self.leave(tab, name)
        tab.tell("ended", stream=name)

    def _open(self, name, version):
        stream = self.streams[name] = Stream(name)
        stream.told["version"] = version
        self.channels.add(live.channel(name))
        return stream

    # --- News arrives -------------------------------------------------------------------------------

    def hear(self, channel: str, text: str) -> None:
        """A message from Redis."""
        if channel == live.key(live.CONTROL):
            self._control(json.loads(text))
            return
        name = json.loads(text)["stream"] if channel == live.key(live.MEMBERS) else live.stream_of(channel)
        if stream := self.streams.get(name):
            stream.hear(text)

    def _control(self, message):
        kind = message.pop("kind")
        if kind == "access_changed":
            self._do(self.doubts.hear(**message))
        elif kind == "tabs_superseded":
            self.crowd.close(**message)

    async def pause(self) -> None:
        """Redis is away: pages ask by themselves until it is back."""
        await deliver(self.tabs, [{"": live.encode("paused")}])

    async def resume(self) -> None:
        """Redis is back. What it would have told meanwhile is looked up, and rights may have ended unheard."""
        await deliver(self.tabs, [{"": live.encode("resumed")}])
        self.doubts.add(self.tabs)
        self._do(self.pulse.compare_versions())

    def _do(self, work):
        """Without waiting for it."""
        task = asyncio.ensure_future(work)
        self._under_way.add(task)
        task.add_done_callback(self._done)

    def _done(self, task):
        self._under_way.discard(task)
        if not task.cancelled() and task.exception():
            log.error("not done", exc_info=task.exception())


_hubs: WeakKeyDictionary = WeakKeyDictionary()


def here() -> Hub:
    """The hub of the event loop that runs this; only tests have more than one."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
