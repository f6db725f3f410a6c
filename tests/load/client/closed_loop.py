"""The process that asks: `python -m tests.load.client.closed_loop` reads a plan as JSON and prints a result.

It shares the machine with what it measures, so it spends as little as it can: bare sockets, ready-made
requests, a loop over epoll, no Django. Every answer's status is looked at; every tenth body is unpacked and searched.
"""

import gzip
import json
import select
import socket
import sys
import time
from dataclasses import dataclass, field
from secrets import token_hex

from tests.load.client.responses import Answer, parse

TOKEN = b"0123456789-bench-token-876543210"
"""Stands in a request where each sending has 32 letters of its own."""
CHECKED = 10
PATIENCE = 20
"""Seconds without any answer after which the client gives up."""


@dataclass
class Plan:
    """`requests` are sent in turn on `connections` connections that stay open, for `seconds`, but at least `least`."""

    port: int
    connections: int
    seconds: float
    requests: list[str]
    status: int
    markers: list[str]
    """Each must be in every body."""
    least: int = 0
    pause: float = 0
    """Seconds between an answer and the next request; of one connection, as all wait for it."""


@dataclass
class Tally:
    """What came back. Times in seconds; `size` in bytes as sent, of a body."""

    times: list[float] = field(default_factory=list)
    sizes: int = 0
    wrong: list[str] = field(default_factory=list)

    def result(self, lasted: float) -> dict:
        self.times.sort()
        count = len(self.times)
        return {
            "count": count,
            "rate": count / lasted,
            "p50": self.times[count // 2] if count else 0,
            "p99": self.times[count * 99 // 100] if count else 0,
            "size": self.sizes / max(count, 1),
            "busy": time.process_time() / lasted,
            "wrong": len(self.wrong),
            "example": self.wrong[0] if self.wrong else "",
        }


class Connection:
    """One connection that asks again as soon as it has its answer."""

    def __init__(self, plan: Plan, requests: list[bytes], first: int):
        self.plan, self.requests, self.turn = plan, requests, first
        self.buffer = bytearray()
        self.connect()

    def connect(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.plan.port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self) -> None:
        request = self.requests[self.turn % len(self.requests)]
        self.turn += self.plan.connections
        if TOKEN in request:
            request = request.replace(TOKEN, token_hex(16).encode())
        self.asked = time.perf_counter()
        self.socket.sendall(request)

    def hear(self) -> Answer | None:
        """The answer, once it is complete. Raises ConnectionError if the server hung up before."""
        heard = self.socket.recv(262_144)
        if not heard:
            raise ConnectionError("The server hung up.")
        self.buffer += heard
        answer = parse(self.buffer)
        if answer:
            self.buffer.clear()
        return answer


def run(plan: Plan) -> dict:
    """Ask for `plan.seconds` and say what came back."""
    requests = [request.encode("latin-1") for request in plan.requests]
    markers, tally = [marker.encode() for marker in plan.markers], Tally()
    poll, everybody = select.epoll(), {}
    for number in range(plan.connections):
        connection = Connection(plan, requests, number)
        everybody[connection.socket.fileno()] = connection
        poll.register(connection.socket, select.EPOLLIN)
    started = time.perf_counter()
    deadline = started + plan.seconds
    for connection in everybody.values():
        connection.ask()
    waiting = len(everybody)
    while waiting:
        for number, _ in poll.poll(PATIENCE) or _give_up():
            connection = everybody[number]
            answer = connection.hear()
            if answer is None:
                continue
            now = time.perf_counter()
            _count(tally, answer, now - connection.asked, plan, markers)
            if now < deadline or len(tally.times) < plan.least:
                time.sleep(plan.pause)
                connection.ask()
            else:
                waiting -= 1
    return tally.result(time.perf_counter() - started)


def _count(tally, answer, took, plan, markers):
    tally.times.append(took)
    tally.sizes += len(answer.body)
    is_right = answer.status == plan.status
    if is_right and len(tally.times) % CHECKED == 1:
        body = gzip.decompress(answer.body) if answer.is_packed else answer.body
        is_right = all(marker in body for marker in markers)
    if not is_right:
        tally.wrong.append(f"{answer.status} {answer.head[:300].decode('latin-1')}")


def _give_up():
    raise TimeoutError(f"No answer for {PATIENCE} seconds.")


if __name__ == "__main__":
    print(json.dumps(run(Plan(**json.load(sys.stdin)))))
