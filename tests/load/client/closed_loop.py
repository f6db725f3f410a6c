"""Sends requests on several connections, each as soon as the response to the previous one has come.

`python -m tests.load.client.closed_loop` reads a plan as JSON from stdin and prints a result as JSON. It runs on the
machine that it measures, so it must be cheap: plain sockets, prepared requests, epoll, no Django. It checks the status
of each response, and decompresses and searches each tenth body.
"""

import json
import select
import socket
import sys
import time
from dataclasses import dataclass, field
from secrets import token_hex

from tests.load.client.responses import Response, parse

TOKEN = b"0123456789-bench-token-876543210"
"""A placeholder in a request. Each time the request is sent, 32 random characters replace it."""
CHECKED = 10
"""One of this many bodies is searched for the markers."""
PATIENCE = 20
"""Seconds without any response after which the client gives up."""


@dataclass
class Plan:
    """Send `requests` in turn on `connections` open connections, for `seconds` and at least `least` times."""

    port: int
    connections: int
    seconds: float
    requests: list[str]
    status: int
    markers: list[str]
    """Each of these texts must be in each body."""
    least: int = 0
    pause: float = 0
    """Seconds between a response and the next request. Use one connection then, because all of them wait."""


@dataclass
class Tally:
    """The responses so far. Times in seconds; sizes of bodies in bytes, as sent."""

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
    """One connection, with its place in the list of requests."""

    def __init__(self, plan: Plan, requests: list[bytes], first: int):
        self.plan, self.requests, self.turn = plan, requests, first
        self.buffer = bytearray()
        self.connect()

    def connect(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.plan.port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self) -> None:
        """Send the next request."""
        request = self.requests[self.turn % len(self.requests)]
        self.turn += self.plan.connections
        if TOKEN in request:
            request = request.replace(TOKEN, token_hex(16).encode())
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> Response | None:
        """The response, once it is complete. Raises ConnectionError if the server closed the connection before."""
        data = self.socket.recv(262_144)
        if not data:
            raise ConnectionError("The server closed the connection.")
        self.buffer += data
        response = parse(self.buffer)
        if response:
            self.buffer.clear()
        return response


def run(plan: Plan) -> dict:
    """Send requests for `plan.seconds`. Returns the figures of the responses."""
    requests = [request.encode("latin-1") for request in plan.requests]
    markers, tally = [marker.encode() for marker in plan.markers], Tally()
    poll, connections = select.epoll(), {}
    for number in range(plan.connections):
        connection = Connection(plan, requests, number)
        connections[connection.socket.fileno()] = connection
        poll.register(connection.socket, select.EPOLLIN)
    started = time.perf_counter()
    deadline = started + plan.seconds
    for connection in connections.values():
        connection.send()
    waiting = len(connections)
    while waiting:
        for number, _ in poll.poll(PATIENCE) or _give_up():
            connection = connections[number]
            response = connection.receive()
            if response is None:
                continue
            now = time.perf_counter()
            _count(tally, response, now - connection.sent_at, plan, markers)
            if now < deadline or len(tally.times) < plan.least:
                time.sleep(plan.pause)
                connection.send()
            else:
                waiting -= 1
    return tally.result(time.perf_counter() - started)


def _count(tally, response, took, plan, markers):
    tally.times.append(took)
    tally.sizes += len(response.body)
    is_right = response.status == plan.status
    if is_right and len(tally.times) % CHECKED == 1:
        body = response.unpack()
        is_right = all(marker in body for marker in markers)
    if not is_right:
        tally.wrong.append(f"{response.status} {response.head[:300].decode('latin-1')}")


def _give_up():
    raise TimeoutError(f"No response for {PATIENCE} seconds.")


if __name__ == "__main__":
    print(json.dumps(run(Plan(**json.load(sys.stdin)))))
