"""The sockets of one process, by the streams they listen to.

There is one subscription at Redis for each stream, however many listen. What arrives is batched, encoded
once for each version of it and written straight to every socket, in slices that let the event loop breathe.
Everything runs on one event loop; only expanders leave it, for a thread.
"""

import asyncio
import json
import random
import time
from collections.abc import Iterable
from contextlib import suppress

import redis.asyncio as redis
import structlog
from channels.db import database_sync_to_async
from django.conf import settings

from forums import live

BATCH = 0.25
"""Seconds between two batches of a stream, at least."""
SHARE = 2
"""Where making a batch takes long, the pause is this many times as long."""
SLICE = 100
PATIENCE = 2
"""Seconds that a listener waits for Redis to confirm."""
LONGEST_PAUSE = 10
log = structlog.get_logger("folkmoot.live")


class Stream:
    """One stream's listeners and what they have not been told yet."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.listeners: set = set()
        self.is_heard = asyncio.Event()
        """Whether Redis has confirmed the subscription; what is published from then on arrives."""
        self._waiting: dict[str, dict] = {}
        self._task: asyncio.Task | None = None
        self._due = 0.0

    def hear(self, text: str) -> None:
        """Take a message; equal ones that wait together are told once."""
        self._waiting[text] = json.loads(text)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._tell())

    async def _tell(self):
        while self._waiting and self.listeners:
            await asyncio.sleep(self._due - time.monotonic())
            waiting, self._waiting = list(self._waiting.values()), {}
            began = time.monotonic()
            try:
                await deliver(self.listeners, [await _versions(message) for message in waiting])
            except Exception:
                log.exception("batch not told", stream=self.name)
            took = time.monotonic() - began
            self._due = began + max(BATCH, SHARE * took)


async def _versions(message):
    """A dict of payloads by label; a plain message is the same for all."""
    expand = live.expander(message["kind"])
    if expand is None:
        return {"": message}
    # In a thread of its own: behind a thousand tabs that ask for their rights, news would grow old.
    return await database_sync_to_async(expand, thread_sensitive=False)(message)


async def deliver(listeners: Iterable, batch: list[dict[str, dict]]) -> None:
    """Write a batch to each listener in the versions that their labels choose; each distinct choice is
    encoded once. An empty payload is not told."""
    known = {label for versions in batch for label in versions if label}
    texts: dict[frozenset, str] = {}
    for number, listener in enumerate(list(listeners), start=1):
        held = listener.labels & known
        if held not in texts:
            texts[held] = _encode(batch, held)
        if texts[held]:
            await listener.tell(texts[held])
        if number % SLICE == 0:
            await asyncio.sleep(0)


def _encode(batch, held):
    chosen = [_choose(versions, held) for versions in batch]
    told = [payload for payload in chosen if payload]
    return json.dumps(told, separators=(",", ":")) if told else ""


def _choose(versions, held):
    return next((payload for label, payload in versions.items() if label in held), versions.get("", {}))


class Hub:
    """All streams that somebody in this process listens to, and the one connection that feeds them."""

    def __init__(self) -> None:
        self.streams: dict[str, Stream] = {}
        self.is_paused = False
        self._pubsub = None
        self._reader: asyncio.Task | None = None

    async def join(self, name: str, listener) -> None:
        """From the return on the listener hears all that is published; without Redis, it hears "paused"."""
        stream = self.streams.get(name)
        is_new = stream is None
        if is_new:
            stream = self.streams[name] = Stream(name)
        stream.listeners.add(listener)
        if is_new:
            await self._subscribe(name)
        if not self.is_paused:
            with suppress(TimeoutError):
                await asyncio.wait_for(stream.is_heard.wait(), PATIENCE)

    async def leave(self, name: str, listener) -> None:
        stream = self.streams.get(name)
        if stream is None:
            return
        stream.listeners.discard(listener)
        if not stream.listeners:
            del self.streams[name]
            if self._pubsub is not None:
                await self._quietly(self._pubsub.unsubscribe(live.channel(name)))

    async def _subscribe(self, name):
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read())
        elif self._pubsub is not None:
            await self._quietly(self._pubsub.subscribe(live.channel(name)))

    async def _read(self):
        """Until nobody listens any more. When Redis goes away the listeners are told, and again when it is
        back, so that they ask what they have missed."""
        failures = 0
        while self.streams:
            client = redis.Redis.from_url(settings.CACHES["default"]["LOCATION"], socket_connect_timeout=1)
            try:
                async with client, client.pubsub() as pubsub:
                    await pubsub.subscribe(*map(live.channel, self.streams))
                    self._pubsub = pubsub
                    if failures:
                        await self._announce("resumed")
                    failures = 0
                    await self._listen(pubsub)
            except (redis.RedisError, OSError):
                if not failures:
                    await self._announce("paused")
                failures += 1
                await asyncio.sleep(random.uniform(0.5, 1) * min(2**failures / 4, LONGEST_PAUSE))  # noqa: S311
            finally:
                self._pubsub = None
                for stream in self.streams.values():
                    stream.is_heard.clear()

    async def _listen(self, pubsub):
        while self.streams:
            message = await pubsub.get_message(timeout=5)
            if message is None:
                continue
            stream = self.streams.get(message["channel"].decode().removeprefix(live.CHANNEL))
            if stream is not None and message["type"] == "subscribe":
                stream.is_heard.set()
            elif stream is not None and message["type"] == "message":
                stream.hear(message["data"].decode())

    async def _announce(self, kind):
        self.is_paused = kind == "paused"
        for stream in list(self.streams.values()):
            await deliver(stream.listeners, [{"": {"kind": kind}}])

    async def _quietly(self, call):
        # A lost connection is noticed, and mended with all subscriptions, by the reader.
        try:
            await call
        except (redis.RedisError, OSError):
            log.info("subscription postponed")


hub = Hub()
