"""Holds many sockets on one stream and measures how long each change takes to arrive.

`python -m tests.load.sockets.watchers` reads lines of JSON from stdin and answers each with one line. The first line is
a plan, answered when all watchers have joined. Each later line lists changes, answered with the times at which the
watchers received them. A watcher that is disconnected reconnects as a page does. The process runs on the machine that
it measures, so it uses plain sockets and parses each frame once.
"""

import json
import os
import random
import select
import time
from collections import Counter
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

from config.processes.socket_server import raise_limit
from tests.load.sockets.watcher import LARGEST, Watcher

AT_ONCE = 100
"""The most handshakes at the same time."""
AN_ADDRESS = 400
"""Watchers per address, because visitors are limited per address."""


@dataclass
class Plan:
    """Who watches what.

    The first watchers are `members` with these `sessions` in cookies named `cookie`; the others are visitors.
    `growing` is the message field whose value grows with each change. `first` is the number of their first address.
    """

    port: int
    stream: str
    count: int
    growing: str
    cookie: str = ""
    sessions: list[str] = field(default_factory=list)
    members: list[int] = field(default_factory=list)
    first: int = 0


class Audience:
    """All watchers of the process, in one epoll loop."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.watchers = [_watcher(plan, number) for number in range(plan.count)]
        self.joined = 0
        self.lost_at = self.back_at = 0.0
        self._poll, self._by_file, self._order = select.epoll(), {}, count()
        self._waiting = [(0.0, next(self._order), each) for each in self.watchers]
        self._under_way = 0
        self._parsed: dict[bytes, list] = {}

    def run(self, is_over) -> None:
        """Watch until `is_over()` returns True. It is called ten times per second."""
        while not is_over():
            turn = time.monotonic() + 0.1
            while (now := time.monotonic()) < turn:
                self._begin(now)
                for number, events in self._poll.poll(turn - now):
                    self._handle(self._by_file[number], events)

    def _begin(self, now):
        while self._waiting and self._under_way < AT_ONCE and self._waiting[0][0] <= now:
            watcher = heappop(self._waiting)[2]
            self._under_way += 1
            file = watcher.connect(self.plan.port)
            self._by_file[file.fileno()] = watcher
            self._poll.register(file, select.EPOLLOUT)

    def _handle(self, watcher, events):
        if events & select.EPOLLOUT and not events & (select.EPOLLERR | select.EPOLLHUP):
            watcher.socket.send(watcher.hello)
            self._poll.modify(watcher.socket, select.EPOLLIN)
            return
        was_joined = watcher.is_joined
        if not watcher.receive(self._parse):
            self._lose(watcher, was_joined)
        elif watcher.is_joined and not was_joined:
            self._under_way -= 1
            self.joined += 1
            if self.joined == len(self.watchers):
                self.back_at = time.monotonic()

    def _lose(self, watcher, was_joined):
        """Reconnect after the same pause as pages (static/js/lib/live.js)."""
        del self._by_file[watcher.socket.fileno()]
        watcher.socket.close()
        now = time.monotonic()
        if was_joined:
            if self.joined == len(self.watchers):
                self.lost_at = now
            self.joined -= 1
        else:
            self._under_way -= 1
        watcher.is_joined = False
        watcher.failures += 1
        pause = random.uniform(0.5, 1.5) * min(2**watcher.failures, 60) / 2
        heappush(self._waiting, (now + pause, next(self._order), watcher))

    def _parse(self, frame):
        """Kind, `since` and growing value of each message. Cached, because thousands receive the same frame.

        Messages to one member are left out: they are not updates of the stream that all watch.
        """
        if frame not in self._parsed:
            if len(self._parsed) > 50:
                self._parsed.clear()
            body = frame[{126: 4, 127: 10}.get(frame[1], 2) :]
            self._parsed[frame] = [
                (each["kind"], each.get("since"), each.get(self.plan.growing))
                for each in json.loads(body)
                if not each.get("stream", "").startswith("member:")
            ]
        return self._parsed[frame]

    def figures(self, changes: list[list]) -> dict:
        """When the watchers received the changes, each given as moment and value.

        `delays` maps milliseconds to the number of deliveries that took as long.
        """
        delays, never = Counter(), 0
        for watcher in self.watchers:
            for moment, value in changes:
                delay = watcher.received_at(value) - moment
                if delay == float("inf"):
                    never += 1
                else:
                    delays[max(0, round(delay * 1000))] += 1
        return {
            "delays": delays,
            "never": never,
            "gaps": sum(watcher.gaps for watcher in self.watchers),
            "joined": self.joined,
            "away": max(0.0, self.back_at - self.lost_at) if self.lost_at else 0,
            "messages": max(len(watcher.moments) for watcher in self.watchers),
        }


def _watcher(plan, number):
    place = plan.first + number // AN_ADDRESS
    lines = [
        "GET /ws/ HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Key: d2F0Y2hlcndhdGNoZXJ3YQ==", "Sec-WebSocket-Version: 13",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Accept-Language: en-GB,en;q=0.8", "Cache-Control: no-cache", "Pragma: no-cache",
    ]  # fmt: skip
    own = ""
    if number < len(plan.sessions):
        own = f"member:{plan.members[number]}"
        lines.append(f"Cookie: {plan.cookie}={plan.sessions[number]}; csrftoken={'c' * 32}")
    hello = "\r\n".join([*lines, "", ""]).encode()
    address = f"127.0.{1 + place // 250}.{1 + place % 250}"
    return Watcher(address, hello, plan.stream, own, catches_up=plan.growing == "version")


class Input:
    """Lines of JSON from stdin, read without blocking."""

    def __init__(self) -> None:
        self._data = b""
        self.is_ended = False

    def next(self) -> dict | None:
        """The next line, or None if none is complete yet."""
        while b"\n" not in self._data and select.select([0], [], [], 0)[0]:
            read = os.read(0, LARGEST)
            self.is_ended = not read
            if not read:
                return None
            self._data += read
        line, is_whole, rest = self._data.partition(b"\n")
        if not is_whole:
            return None
        self._data = rest
        return json.loads(line)


def main() -> None:
    raise_limit()
    lines = Input()
    while (plan := lines.next()) is None:
        time.sleep(0.01)
    audience, began = Audience(Plan(**plan)), time.monotonic()
    audience.run(lambda: audience.joined == plan["count"])
    print(json.dumps({"took": time.monotonic() - began}), flush=True)

    def answer():
        line = lines.next()
        if line is not None:
            print(json.dumps(audience.figures(line["changes"])), flush=True)
        return lines.is_ended

    audience.run(answer)


if __name__ == "__main__":
    main()
