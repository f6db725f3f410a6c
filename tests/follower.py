"""A page that follows a topic, without a browser: it applies what it is told, sees what it lacks and asks for it."""

import asyncio
import json
import random
from collections import Counter
from functools import lru_cache

from tests.load.sockets.frames import frame_of

AWAY = 5
"""Seconds between two questions without a socket; pages leave longer pauses."""
COOKIE = "sessionid"
_understood = lru_cache(maxsize=200)(json.loads)
"""Hundreds in one process are told the same; none of them may change it."""


class Follower:
    """`comments` holds what the page shows, by id; `counts` how often it was told or did what."""

    def __init__(self, pages: int, sockets: int, topic: int, session: str = "") -> None:
        self.pages, self.sockets, self.topic, self.session = pages, sockets, topic, session
        self.version = 0
        self.wanted = 0
        """The latest version that it has heard of."""
        self.comments: dict[int, dict] = {}
        self.counts: Counter = Counter()
        self.history: list[tuple] = []
        """What it has applied: since, version, and how many comments; for whoever wonders."""
        self._polling: asyncio.Task | None = None
        self._asking: asyncio.Task | None = None

    @property
    def stream(self) -> str:
        return f"topic:{self.topic}"

    async def run(self) -> None:
        """Until it is cancelled. Whatever happens to the connection, it comes back, with jitter."""
        self._ask()
        failures = 0
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.sockets, limit=2**22)
                try:
                    await self._greet(reader, writer)
                    failures = 0
                    self._stop_polling()
                    while True:
                        await self._hear(reader, writer)
                finally:
                    writer.close()
            except (OSError, EOFError, asyncio.IncompleteReadError):
                failures += 1
                self.counts["lost"] += 1
                self._poll(AWAY)
                await asyncio.sleep(random.uniform(0.5, 1.5) * min(2**failures, 60) / 2)

    async def _greet(self, reader, writer):
        lines = [
            "GET /ws/ HTTP/1.1", f"Host: 127.0.0.1:{self.pages}", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Key: Zm9sbG93ZXJmb2xsb3dlcg==", "Sec-WebSocket-Version: 13",
            f"Origin: http://127.0.0.1:{self.pages}", *self._cookie(),
        ]  # fmt: skip
        writer.write("\r\n".join([*lines, "", ""]).encode())
        await reader.readuntil(b"\r\n\r\n")
        writer.write(frame_of(json.dumps({"join": self.stream, "since": self.version}).encode()))

    async def _hear(self, reader, writer):
        kind, size = await reader.readexactly(2)
        if size >= 126:
            size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8), "big")
        body = await reader.readexactly(size)
        if kind == 0x89:
            writer.write(frame_of(body, 0x8A))
        elif kind == 0x88:
            raise EOFError
        elif kind == 0x81:
            for message in _understood(body):
                self.counts[message["kind"]] += 1
                getattr(self, f"_on_{message['kind']}", lambda message: None)(message)

    def _on_joined(self, message):
        # What it has missed follows at once, or has to be asked for.
        asyncio.get_running_loop().call_later(1, self._want, message["version"])

    def _on_topic_changed(self, message):
        if message["since"] > self.version:
            self.counts["gap"] += 1
        elif message["version"] > self.version and "more" not in message:
            self._apply(message)
        self._want(message["version"])

    def _on_topic_counted(self, message):
        self._want(message["version"])

    def _on_topic_crowded(self, message):
        self._poll(message["every"])

    def _on_paused(self, message):
        self._poll(AWAY)

    def _on_resumed(self, message):
        self._stop_polling()
        self._ask()

    def _apply(self, message):
        for said in message["comments"]:
            if said.get("is_gone"):
                self.comments.pop(said["id"], None)
            elif "html" in said or said["id"] in self.comments:
                self.counts["shown"] += said["id"] not in self.comments
                self.comments.setdefault(said["id"], {}).update(said)
        self.history.append((message["since"], message["version"], len(message["comments"])))
        self.version = max(self.version, message["version"])

    # --- Asking ---------------------------------------------------------------------------------------

    def _want(self, version):
        self.wanted = max(self.wanted, version)
        if version > self.version:
            self._ask()

    def _ask(self):
        if self._asking is None or self._asking.done():
            self._asking = asyncio.ensure_future(self._catch_up())

    async def _catch_up(self):
        """Ask until it shows the latest version that it has heard of: an answer shared among visitors may be a second
        old."""
        while True:
            self.counts["asked"] += 1
            try:
                async with asyncio.timeout(60):
                    await self._ask_for_all()
            except (OSError, EOFError, TimeoutError, ValueError):
                self.counts["asked in vain"] += 1
                await asyncio.sleep(AWAY * random.uniform(0.5, 1.5))
                continue
            if self.version >= self.wanted:
                return
            await asyncio.sleep(random.uniform(0.5, 1.5))

    async def _ask_for_all(self):
        """Several answers are as new as the last one says: the first may be newer."""
        address, comments, part = f"/t/{self.topic}/changes/?since={self.version}", [], {"more": ""}
        while "more" in part:
            part = await self._get(address + (f"&after={part['more']}" if part["more"] else ""))
            comments += part["comments"]
        self._apply(part | {"comments": comments})

    async def _get(self, path):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.pages, limit=2**22)
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.pages}",
            "Connection: close",
            *self._cookie(),
        ]
        try:
            writer.write("\r\n".join([*lines, "", ""]).encode())
            head, _, body = (await reader.read(-1)).partition(b"\r\n\r\n")
        finally:
            writer.close()
        if b" 200 " not in head[:15]:
            raise ValueError(head[:200])
        return _understood(body)

    def _poll(self, every):
        if self._polling is None:
            self._polling = asyncio.ensure_future(self._keep_asking(every))

    async def _keep_asking(self, every):
        while True:
            await asyncio.sleep(every * random.uniform(1, 2))
            self._ask()

    def _stop_polling(self):
        if self._polling is not None:
            self._polling.cancel()
            self._polling = None

    def _cookie(self):
        return [f"Cookie: {COOKIE}={self.session}"] if self.session else []
