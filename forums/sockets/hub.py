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
        self.rights, self.missed, self.unread = Desk(answer), Desk(news.missed), Desk(news.unread)
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

    async def join(self, tab, name: str, since: int | None = None) -> bool:
        """Let `tab` hear a stream, if it may, and tell it how things are there; whether it could be done.

        The tab is told `joined`. A topic's version comes along, up to which the stream's listeners have been told
        everything: a page that shows an older one has missed something. One that says `since` which version is told
        what that is at once, and need not ask; when everybody comes back at once, that is one look-up for all.
        """
        epoch = self.doubts.epoch
        heard = (await self.rights.ask(Asked(tab.session, (name,)))).heard[name]
        if heard is None:
            self.leave(tab, name)
            return False
        stream = self.streams.get(name) or self._open(name, heard.version)
        stream.expected += 1
        try:
            await self.feed.add(live.channel(name))
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
            self.doubts.add([tab])  # the answer may have been overtaken
        return True

    async def _missed(self, stream, since):
        """What has to be told to who has heard nothing `since` then, so that the next batch follows on it. Nothing on
        the steps where less is told: the page will ask when its reader wants to know."""
        told = []
        while since is not None and stream.step == Step.FULL and since < (stream.told["version"] or 0):
            since, versions = await self.missed.ask((live.number(stream.name, of="topic"), since))
            told.append(versions)
        return told

    def greet(self, tab, stream: Stream) -> None:
        """Tell a tab that hears a stream from now on, or under other labels than before, how things are there."""
        topic = live.number(stream.name, of="topic")
        if topic is None:
            tab.tell("joined", stream=stream.name)
        else:
            tab.tell("joined", stream=stream.name, version=stream.told["version"])
            self.presence.greet(tab, topic)
            if stream.step == Step.POLLING:
                tab.tell("topic_crowded", topic=topic, every=news.EVERY)
        if self.feed.is_paused:
            tab.tell("paused")

    async def ring(self, stream: Stream) -> None:
        """Tell a member's tabs how much waits for them: what was told while one of them did not hear is lost."""
        if (member := live.number(stream.name, of="member")) is None:
            return
        before = stream.deliveries
        unread = await self.unread.ask(member)
        if stream.deliveries == before:  # or else they have been told something newer
            await deliver(stream.tabs, [{"": live.encode("notified", stream=stream.name, unread=unread)}])

    def leave(self, tab, name: str) -> None:
        tab.unhear(name)
        if stream := self.streams.get(name):
            stream.tabs.discard(tab)
            self._close_if_empty(stream)

    def end(self, tab, name: str) -> None:
        """Take a stream away from a tab that may no longer hear it."""
        self.leave(tab, name)
        tab.tell("ended", stream=name)

    def _open(self, name, version):
        stream = self.streams[name] = Stream(name)
        stream.told["version"] = version
        self.channels.add(live.channel(name))
        return stream

    def _close_if_empty(self, stream):
        if stream.tabs or stream.expected:
            return
        del self.streams[stream.name]
        self._deliveries += stream.deliveries
        channel = live.channel(stream.name)
        if channel not in map(live.key, ALWAYS):
            self.channels.discard(channel)
            self._do(self.feed.remove(channel))

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
        for stream in self.streams.values():
            self._do(self.ring(stream))

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
