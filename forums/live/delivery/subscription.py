"""Subscribes to Redis, on one connection for the process. Reconnects when the connection is lost."""

import asyncio
import random

import redis.asyncio as redis
import structlog
from django.conf import settings

from config.redis import clients
from forums.live.delivery.batcher import start_background

MAX_PAUSE = 10
"""Seconds between two attempts to reach Redis."""
CONFIRM_TIMEOUT = 2
"""Seconds that a joining page waits for Redis to confirm its subscription."""
PING_AFTER = 5
"""Seconds without a message after which Redis is pinged."""
log = structlog.get_logger("folkmoot.live")


class Subscription:
    """Keeps one subscription for each channel that the hub needs, and passes messages to the hub.

    Calls the hub's `pause` when Redis goes away and its `resume` when Redis is back.
    """

    def __init__(self, hub) -> None:
        self._hub = hub
        self.is_paused = False
        self._pubsub = None
        self._confirmed: set[str] = set()
        self._awaited: dict[str, asyncio.Future] = {}
        self._work: asyncio.Task | None = None

    def start(self) -> None:
        """Listen as long as the hub has connections. Does nothing if it listens already."""
        if self._work is None or self._work.done():
            self._work = start_background(self._run())

    async def add(self, channel: str) -> None:
        """Subscribe to a channel. After the return its messages arrive, unless Redis is away."""
        if channel in self._confirmed or self.is_paused:
            return
        if channel not in self._awaited:
            self._awaited[channel] = asyncio.get_running_loop().create_future()
            if self._pubsub is not None:
                await self._quietly(self._pubsub.subscribe(channel))
        await asyncio.wait([self._awaited.get(channel, _done())], timeout=CONFIRM_TIMEOUT)

    async def remove(self, channel: str) -> None:
        if channel in self._hub.channels:
            return
        self._confirmed.discard(channel)
        if self._pubsub is not None:
            await self._quietly(self._pubsub.unsubscribe(channel))

    async def _run(self):
        failures = 0
        while self._hub.connections:
            url = settings.CACHES["default"]["LOCATION"]
            client = clients.async_client(url, socket_connect_timeout=1, health_check_interval=PING_AFTER)
            try:
                async with client, client.pubsub() as pubsub:
                    await pubsub.subscribe(*(subscribed := set(self._hub.channels)))
                    self._pubsub = pubsub
                    if added := self._hub.channels - subscribed:  # while it connected
                        await pubsub.subscribe(*added)
                    await self._listen(pubsub)
            except (redis.RedisError, OSError):
                self._pubsub = None
                self._confirmed.clear()
                failures = failures + 1 if self.is_paused else 1
                if not self.is_paused:
                    self.is_paused = True
                    await self._hub.pause()
                await asyncio.sleep(random.uniform(0.5, 1) * min(2**failures / 4, MAX_PAUSE))  # noqa: S311
        self._pubsub = None
        self._confirmed.clear()

    async def _listen(self, pubsub):
        while self._hub.connections:
            message = await pubsub.get_message(timeout=PING_AFTER)
            if message is None:
                continue
            channel = message["channel"].decode()
            if message["type"] == "subscribe":
                self._confirm(channel)
                if self.is_paused:
                    # One command subscribes to all channels, so from now on no message is missed.
                    self.is_paused = False
                    await self._hub.resume()
            elif message["type"] == "message":
                self._receive(channel, message["data"].decode())

    def _receive(self, channel, text):
        try:
            self._hub.receive(channel, text)
        except Exception:
            log.exception("message from Redis not understood", channel=channel)

    def _confirm(self, channel):
        if channel in self._hub.channels:
            self._confirmed.add(channel)
        if (awaited := self._awaited.pop(channel, None)) and not awaited.done():
            awaited.set_result(None)

    async def _quietly(self, call):
        # `_run` notices a lost connection, and subscribes to all channels again.
        try:
            await call
        except (redis.RedisError, OSError):
            log.info("subscription postponed until Redis is back")


def _done():
    future = asyncio.get_running_loop().create_future()
    future.set_result(None)
    return future
