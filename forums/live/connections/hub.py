"""Keeps all connections and streams of this process, and passes messages from Redis to the streams."""

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
from forums.live.connections.rights_listener import RightsListener
from forums.live.connections.stream_access import AccessQuery, check
from forums.live.delivery.batcher import Batcher
from forums.live.delivery.load_shedding import Step
from forums.live.delivery.stream import Stream
from forums.live.delivery.subscription import Subscription
from forums.live.delivery.transport import deliver

log = structlog.get_logger("folkmoot.live")
ALWAYS = (streams.CONTROL, streams.MEMBERS)
"""Channels that are always subscribed to."""


class Hub:
    """All live connections of a process. There is one hub in each process, on its event loop."""

    def __init__(self) -> None:
        self.connections: set = set()
        self.streams: dict[str, Stream] = {}
        self.channels = {streams.key(name) for name in ALWAYS}
        """The Redis channels that the streams need."""
        self.access, self.missed = Batcher(check), Batcher(updates.missed)
        self.unread = Batcher(updates.unread)
        self.subscription, self.heartbeat = Subscription(self), Heartbeat(self)
        self.limits, self.access_recheck = ConnectionLimits(self), AccessRecheck(self)
        self.presence, self.rights_listener = Presence(self), RightsListener(self)
        self._tasks: set[asyncio.Task] = set()
        self._deliveries = 0

    @property
    def deliveries(self) -> int:
        """Number of messages written to pages so far."""
        return self._deliveries + sum(stream.deliveries for stream in self.streams.values())

    def connections_of(self, name: str) -> set:
        """Return the connections that receive a stream."""
        stream = self.streams.get(name)
        return stream.connections if stream else set()

    # --- Opening and closing connections -------------------------------------------------------------

    async def add(self, connection) -> None:
        """Add a new connection, and look up its member."""
        self.connections.add(connection)
        self.subscription.start()
        self.heartbeat.start()
        self.rights_listener.start()
        if connection.session:
            connection.member = (await self.access.submit(AccessQuery(connection.session, ()))).member
        await self.limits.admit(connection)

    def remove(self, connection) -> None:
        """Remove a connection that has closed."""
        for name in list(connection.streams):
            self.leave(connection, name)
        self.connections.discard(connection)
        self.limits.remove(connection)

    async def join(self, connection, name: str, since: int | None = None) -> bool:
        """Add `connection` to a stream if it may receive it. Returns whether it may.

        It receives `joined`, for a topic with the version up to which the stream has sent everything. A page that shows
        an older version has missed changes. If it gives that version as `since`, it receives them at once. Pages that
        reconnect together share one query.
        """
        epoch = self.access_recheck.epoch
        grant = (await self.access.submit(AccessQuery(connection.session, (name,)))).grants[name]
        if grant is None:
            self.leave(connection, name)
            return False
        stream = self.streams.get(name) or self._open(name, grant.version)
        stream.joining += 1
        try:
            await self.subscription.add(streams.channel(name))
            missed = await self._missed(stream, since)
            stream.connections.add(connection)
            connection.add_stream(name, grant.labels)
            self.send_state(connection, stream)
            self._start(self.send_unread(stream))
            await deliver({connection}, missed)
        finally:
            stream.joining -= 1
            self._close_if_empty(stream)
        if epoch != self.access_recheck.epoch:
            self.access_recheck.add([connection])  # access has changed since the check
        return True

    async def _missed(self, stream, since):
        """Return the changes since version `since`, so that the next batch follows on them.

        Empty while the topic is crowded: then the page fetches the changes when its reader asks for them.
        """
        batches = []
        while since is not None and stream.step == Step.FULL and since < (stream.sent["version"] or 0):
            since, versions = await self.missed.submit((streams.number(stream.name, of="topic"), since))
            batches.append(versions)
        return batches

    def send_state(self, connection, stream: Stream) -> None:
        """Send the state of a stream to a connection that has joined it or whose labels have changed."""
        topic = streams.number(stream.name, of="topic")
        if topic is None:
            connection.send("joined", stream=stream.name)
        else:
            connection.send("joined", stream=stream.name, version=stream.sent["version"])
            self.presence.send_count(connection, topic)
            if stream.step == Step.POLLING:
                connection.send("topic_crowded", topic=topic, every=updates.EVERY)
        if self.subscription.is_paused:
            connection.send("paused")

    async def send_unread(self, stream: Stream) -> None:
        """Send the number of unread notifications to a member's connections, because they may have missed it."""
        if (member := streams.number(stream.name, of="member")) is None:
            return
        before = stream.deliveries
        unread = await self.unread.submit(member)
        if stream.deliveries == before:  # otherwise a newer number was sent meanwhile
            await deliver(
                stream.connections, [{"": streams.encode("notified", stream=stream.name, unread=unread)}]
            )

    def leave(self, connection, name: str) -> None:
        connection.remove_stream(name)
        if stream := self.streams.get(name):
            stream.connections.discard(connection)
            self._close_if_empty(stream)

    def end(self, connection, name: str) -> None:
        """Remove a connection from a stream that it may no longer receive."""
        self.leave(connection, name)
        connection.send("ended", stream=name)

    def _open(self, name, version):
        stream = self.streams[name] = Stream(name)
        stream.sent["version"] = version
        self.channels.add(streams.channel(name))
        return stream

    def _close_if_empty(self, stream):
        if stream.connections or stream.joining:
            return
        del self.streams[stream.name]
        self._deliveries += stream.deliveries
        channel = streams.channel(stream.name)
        if channel not in map(streams.key, ALWAYS):
            self.channels.discard(channel)
            self._start(self.subscription.remove(channel))

    # --- Messages from Redis ----------------------------------------------------------------------------

    def receive(self, channel: str, text: str) -> None:
        """Pass a message from Redis to its stream. Its second line is the trace that it belongs to."""
        text, _, trace = text.partition("\n")
        if channel == streams.key(streams.CONTROL):
            self._control(json.loads(text))
            return
        name = (
            json.loads(text)["stream"]
            if channel == streams.key(streams.MEMBERS)
            else streams.stream_of(channel)
        )
        if stream := self.streams.get(name):
            stream.enqueue(text, trace)

    def _control(self, message):
        kind = message.pop("kind")
        if kind == "access_changed":
            self._start(self.access_recheck.recheck(**message))
        elif kind == "connections_superseded":
            self.limits.close(**message)

    async def pause(self) -> None:
        """Redis is away: have the pages poll until it is back."""
        await deliver(self.connections, [{"": streams.encode("paused")}])

    async def resume(self) -> None:
        """Redis is back: look up the changes that were missed, and recheck all connections."""
        await deliver(self.connections, [{"": streams.encode("resumed")}])
        self.access_recheck.add(self.connections)
        self._start(self.heartbeat.compare_versions())
        for stream in self.streams.values():
            self._start(self.send_unread(stream))

    def _start(self, work):
        """Run `work` without waiting for it."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task):
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            log.error("background work of the hub failed", exc_info=task.exception())


_hubs: WeakKeyDictionary = WeakKeyDictionary()


def here() -> Hub:
    """Return the hub of the running event loop. Only tests have more than one."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
