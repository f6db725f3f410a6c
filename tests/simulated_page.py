"""Follows a topic as an open page does, without a browser: applies updates and fetches missed ones."""

import asyncio
import json
import random
from collections import Counter
from functools import lru_cache

from tests.load.sockets.frames import frame_of

POLL_SECONDS = 5
"""Seconds between two requests while there is no socket. Real pages wait longer."""
COOKIE = "sessionid"
_decode = lru_cache(maxsize=200)(json.loads)
"""Cached because hundreds of pages in one process receive the same text. None may change the result."""


class SimulatedPage:
    """Holds the comments that the page shows, by id. `counts` counts messages by kind, requests and faults."""

    def __init__(self, pages: int, sockets: int, topic: int, session: str = "") -> None:
        self.pages, self.sockets, self.topic, self.session = pages, sockets, topic, session
        self.version = 0
        self.wanted = 0
        """The latest version that a message has named."""
        self.comments: dict[int, dict] = {}
        self.counts: Counter = Counter()
        self._polling: asyncio.Task | None = None
        self._fetching: asyncio.Task | None = None
        self._begun: tuple[str, list, dict] | None = None
        """The address of an answer in parts, and what it has received of it."""

    @property
    def stream(self) -> str:
        return f"topic:{self.topic}"

    async def run(self) -> None:
        """Follows the topic until it is cancelled. Reconnects with jitter after every fault."""
        self._fetch()
        failures = 0
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.sockets, limit=2**22)
                try:
                    await self._open(reader, writer)
                    failures = 0
                    self._stop_polling()
                    while True:
                        await self._receive(reader, writer)
                finally:
                    writer.close()
            except (OSError, EOFError, asyncio.IncompleteReadError):
                failures += 1
                self.counts["lost"] += 1
                self._poll(POLL_SECONDS)
                await asyncio.sleep(random.uniform(0.5, 1.5) * min(2**failures, 60) / 2)

    async def _open(self, reader, writer):
        lines = [
            "GET /ws/ HTTP/1.1", f"Host: 127.0.0.1:{self.pages}", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Key: Zm9sbG93ZXJmb2xsb3dlcg==", "Sec-WebSocket-Version: 13",
            f"Origin: http://127.0.0.1:{self.pages}", *self._cookie(),
        ]  # fmt: skip
        writer.write("\r\n".join([*lines, "", ""]).encode())
        await reader.readuntil(b"\r\n\r\n")
        writer.write(frame_of(json.dumps({"join": self.stream, "since": self.version}).encode()))

    async def _receive(self, reader, writer):
        kind, size = await reader.readexactly(2)
        if size >= 126:
            size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8), "big")
        body = await reader.readexactly(size)
        if kind == 0x89:
            writer.write(frame_of(body, 0x8A))
        elif kind == 0x88:
            raise EOFError
        elif kind == 0x81:
            for message in _decode(body):
                self.counts[message["kind"]] += 1
                getattr(self, f"_on_{message['kind']}", lambda message: None)(message)

    def _on_joined(self, message):
        # The server sends missed changes at once. If none came within a second, fetch them.
        asyncio.get_running_loop().call_later(1, self._want, message["version"])

    def _on_topic_changed(self, message):
        if message["since"] > self.version:
            self.counts["gap"] += 1
        elif message["version"] > self.version and "more" not in message:
            self.apply(message)
        self._want(message["version"])

    def _on_topic_counted(self, message):
        self._want(message["version"])

    def _on_topic_crowded(self, message):
        self._poll(message["every"])

    def _on_paused(self, message):
        self._poll(POLL_SECONDS)

    def _on_resumed(self, message):
        self._stop_polling()
        self._fetch()

    def apply(self, message):
        for comment in message["comments"]:
            if comment.get("is_gone"):
                self.comments.pop(comment["id"], None)
            elif "html" in comment or comment["id"] in self.comments:
                self.counts["shown"] += comment["id"] not in self.comments
                self.comments.setdefault(comment["id"], {}).update(comment)
        self.version = max(self.version, message["version"])

    # --- Fetching -------------------------------------------------------------------------------------

    def _want(self, version):
        self.wanted = max(self.wanted, version)
        if version > self.version:
            self._fetch()

    def _fetch(self):
        if self._fetching is None or self._fetching.done():
            self._fetching = asyncio.ensure_future(self._catch_up())

    async def _catch_up(self):
        """Fetches until it shows the latest version. A response shared among visitors may be a second old."""
        while True:
            self.counts["asked"] += 1
            try:
                await self._fetch_changes()
            except (OSError, EOFError, TimeoutError, ValueError) as error:
                self.counts[f"asked in vain: {error!r:.60}"] += 1
                await asyncio.sleep(POLL_SECONDS * random.uniform(0.5, 1.5))
                continue
            if self.version >= self.wanted:
                return
            await asyncio.sleep(random.uniform(0.5, 1.5))

    async def _fetch_changes(self):
        """Fetches all parts of the changes, and continues where an earlier attempt failed.

        Their version is the last part's, even if the first names a later one.
        """
        address, comments, part = self._begun or (
            f"/t/{self.topic}/changes/?since={self.version}", [], {"more": ""},
        )  # fmt: skip
        while "more" in part:
            async with asyncio.timeout(60):
                part = await self._get(address + (f"&after={part['more']}" if part["more"] else ""))
            comments = comments + part["comments"]
            self._begun = address, comments, part
        self._begun = None
        self.apply(part | {"comments": comments})

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
        return _decode(body)

    def _poll(self, every):
        if self._polling is None:
            self._polling = asyncio.ensure_future(self._keep_polling(every))

    async def _keep_polling(self, every):
        while True:
            await asyncio.sleep(every * random.uniform(1, 2))
            self._fetch()

    def _stop_polling(self):
        if self._polling is not None:
            self._polling.cancel()
            self._polling = None

    def _cookie(self):
        return [f"Cookie: {COOKIE}={self.session}"] if self.session else []
