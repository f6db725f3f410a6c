"""The process that watches: many sockets on one topic, and for each ballot how long it took to be seen.

`python -m config.bench.watchers`: a plan as a line of JSON, "ready" as answer, then how many ballots there were at
which moments, and the figures as answer. Sockets by hand, for it shares the machine with what it measures.
"""

import asyncio
import json
import sys
import time
from bisect import bisect_left

JOIN_AT_ONCE = 50
MASK = b"\0\0\0\0"
"""A mask that masks nothing is as valid as any other."""


class Watcher:
    """One socket. `seen` holds when which turnout was told, both rising."""

    def __init__(self):
        self.moments, self.turnouts = [], []

    async def connect(self, port: int, topic: int) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port)
        key = "d2F0Y2hlcndhdGNoZXJ3YQ=="
        lines = [
            "GET /ws/ HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "Origin: http://127.0.0.1",
        ]  # fmt: skip
        self.writer.write("\r\n".join([*lines, "", ""]).encode())
        await self.reader.readuntil(b"\r\n\r\n")
        text = json.dumps({"join": f"topic:{topic}"}).encode()
        self.writer.write(bytes([0x81, 0x80 | len(text)]) + MASK + text)
        while not any(message["kind"] == "joined" for message in await self.read()):
            pass

    async def read(self) -> list[dict]:
        kind, size = await self.reader.readexactly(2)
        if size == 126:
            size = int.from_bytes(await self.reader.readexactly(2), "big")
        elif size == 127:
            size = int.from_bytes(await self.reader.readexactly(8), "big")
        body = await self.reader.readexactly(size)
        if kind == 0x89:
            self.writer.write(bytes([0x8A, 0x80 | len(body)]) + MASK + body)
        return json.loads(body) if kind == 0x81 else []

    async def watch(self) -> None:
        while True:
            messages = await self.read()
            now = time.monotonic()
            for message in messages:
                if message["kind"] == "poll_counted":
                    self.moments.append(now)
                    self.turnouts.append(message["turnout"])


async def main() -> None:
    plan = json.loads(sys.stdin.readline())
    watchers = [Watcher() for _ in range(plan["count"])]
    gate = asyncio.Semaphore(JOIN_AT_ONCE)

    async def connect(watcher):
        async with gate:
            await watcher.connect(plan["port"], plan["topic"])

    await asyncio.gather(*map(connect, watchers))
    watching = [asyncio.create_task(watcher.watch()) for watcher in watchers]
    print("ready", flush=True)
    looks = json.loads(await asyncio.to_thread(sys.stdin.readline))
    for task in watching:
        task.cancel()
    print(json.dumps(figures(watchers, looks)))


def figures(watchers: list[Watcher], looks: list) -> dict[str, float]:
    """Seconds until a watcher was told at least the turnout of a look; infinite for one that never was."""
    ages = []
    for watcher in watchers:
        for moment, turnout in looks:
            place = bisect_left(watcher.turnouts, turnout)
            told = watcher.moments[place] if place < len(watcher.moments) else float("inf")
            if turnout:
                ages.append(max(0.0, told - moment))
    ages.sort()
    return {
        "p50": ages[len(ages) // 2],
        "p99": ages[len(ages) * 99 // 100],
        "messages": len(watchers[0].moments),
    }


if __name__ == "__main__":
    asyncio.run(main())
