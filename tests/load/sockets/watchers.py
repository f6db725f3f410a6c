"""The process that watches: many sockets on one stream, and for each change how long it took to be seen.

`python -m tests.load.sockets.watchers`: lines of JSON as input, each answered by one. First a plan, answered when all
has joined; then, as often as wanted, the changes that there were, answered with how they were seen. Who is cut off
comes back like a page. Sockets by hand, and each frame understood once: it shares the machine with what it measures.
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

from config.sockets import raise_limit
from tests.load.sockets.watcher import LARGEST, Watcher

AT_ONCE = 100
"""Handshakes under way."""
AN_ADDRESS = 400
"""Watchers that come from one address: visitors have a limit there."""


@dataclass
class Plan:
    """The first watchers are `members`, with these `sessions` in cookies of that name; the others are visitors. What
    they watch grow is called `growing` in the messages. `first` is the first of this machine's addresses that they
    come from."""

    port: int
    stream: str
    count: int
    growing: str
    cookie: str = ""
    sessions: list[str] = field(default_factory=list)
    members: list[int] = field(default_factory=list)
    first: int = 0


class Audience:
    """All watchers of the process on one loop."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.watchers = [_watcher(plan, number) for number in range(plan.count)]
        self.joined = 0
        self.cut_off_at = self.back_at = 0.0
        self._poll, self._by_file, self._order = select.epoll(), {}, count()
        self._waiting = [(0.0, next(self._order), each) for each in self.watchers]
        self._under_way = 0
        self._understood: dict[bytes, list] = {}

    def run(self, is_over) -> None:
        """Watch until `is_over()`, which is asked ten times a second."""
        while not is_over():
            turn = time.monotonic() + 0.1
            while (now := time.monotonic()) < turn:
                self._begin(now)
                for number, what in self._poll.poll(turn - now):
                    self._turn_to(self._by_file[number], what)

    def _begin(self, now):
        while self._waiting and self._under_way < AT_ONCE and self._waiting[0][0] <= now:
            watcher = heappop(self._waiting)[2]
            self._under_way += 1
            file = watcher.connect(self.plan.port)
            self._by_file[file.fileno()] = watcher
            self._poll.register(file, select.EPOLLOUT)

    def _turn_to(self, watcher, what):
        if what & select.EPOLLOUT and not what & (select.EPOLLERR | select.EPOLLHUP):
            watcher.socket.send(watcher.hello)
            self._poll.modify(watcher.socket, select.EPOLLIN)
            return
        was_joined = watcher.is_joined
        if not watcher.hear(self._understand):
            self._lose(watcher, was_joined)
        elif watcher.is_joined and not was_joined:
            self._under_way -= 1
            self.joined += 1
            if self.joined == len(self.watchers):
                self.back_at = time.monotonic()

    def _lose(self, watcher, was_joined):
        """It comes back after the pause that pages make (static/js/lib/live.js)."""
        del self._by_file[watcher.socket.fileno()]
        watcher.socket.close()
        now = time.monotonic()
        if was_joined:
            if self.joined == len(self.watchers):
                self.cut_off_at = now
            self.joined -= 1
        else:
            self._under_way -= 1
        watcher.is_joined = False
        watcher.failures += 1
        pause = random.uniform(0.5, 1.5) * min(2**watcher.failures, 60) / 2
        heappush(self._waiting, (now + pause, next(self._order), watcher))

    def _understand(self, frame):
        """Kind, `since` and the growing number of each message; the same frame comes to thousands. What is told to one
        member alone is no news of what all watch."""
        if frame not in self._understood:
            if len(self._understood) > 50:
                self._understood.clear()
            body = frame[{126: 4, 127: 10}.get(frame[1], 2) :]
            self._understood[frame] = [
                (each["kind"], each.get("since"), each.get(self.plan.growing))
                for each in json.loads(body)
                if not each.get("stream", "").startswith("member:")
            ]
        return self._understood[frame]

    def figures(self, looks: list[list]) -> dict:
        """How the changes were seen, each given as moment and value: how many watchers waited how many milliseconds."""
        ages, never = Counter(), 0
        for watcher in self.watchers:
            for moment, value in looks:
                age = watcher.saw(value) - moment
                if age == float("inf"):
                    never += 1
                else:
                    ages[max(0, round(age * 1000))] += 1
        return {
            "ages": ages,
            "never": never,
            "gaps": sum(watcher.gaps for watcher in self.watchers),
            "joined": self.joined,
            "away": max(0.0, self.back_at - self.cut_off_at) if self.cut_off_at else 0,
            "messages": max(len(watcher.moments) for watcher in self.watchers),
            "busy": time.process_time(),
        }


def _watcher(plan, number):
    place = plan.first + number // AN_ADDRESS
    lines = [
        "GET /ws/ HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Key: d2F0Y2hlcndhdGNoZXJ3YQ==", "Sec-WebSocket-Version: 13", "Origin: http://127.0.0.1",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Accept-Language: en-GB,en;q=0.8", "Cache-Control: no-cache", "Pragma: no-cache",
    ]  # fmt: skip
    own = ""
    if number < len(plan.sessions):
        own = f"member:{plan.members[number]}"
        lines.append(f"Cookie: {plan.cookie}={plan.sessions[number]}; csrftoken={'c' * 32}")
    hello = "\r\n".join([*lines, "", ""]).encode()
    address = f"127.0.{1 + place // 250}.{1 + place % 250}"
    return Watcher(address, hello, plan.stream, own, asks=plan.growing == "version")


class Orders:
    """Lines of input, as they come."""

    def __init__(self) -> None:
        self._data = b""
        self.is_ended = False

    def next(self) -> dict | None:
        """The next line if there is one."""
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
    orders = Orders()
    while (plan := orders.next()) is None:
        time.sleep(0.01)
    audience, began = Audience(Plan(**plan)), time.monotonic()
    audience.run(lambda: audience.joined == plan["count"])
    print(json.dumps({"took": time.monotonic() - began}), flush=True)

    def obey():
        order = orders.next()
        if order is not None:
            print(json.dumps(audience.figures(order["looks"])), flush=True)
        return orders.is_ended

    audience.run(obey)


if __name__ == "__main__":
    main()
