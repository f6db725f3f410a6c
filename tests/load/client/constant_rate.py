"""Sends requests at a constant rate, however long each response takes."""

import socket
import threading
import time
from collections import Counter
from collections.abc import Iterable
from secrets import token_hex

from tests.load.client.closed_loop import TOKEN
from tests.load.client.responses import Response, parse

PATIENCE = 120
"""Seconds to wait for one response."""


class Connection:
    """A connection that sends one request after the other."""

    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)

    def send(self, request: bytes) -> Response:
        """Send a request and wait for its response. Raises ConnectionError if the server closes the connection."""
        self.socket.sendall(request.replace(TOKEN, token_hex(16).encode()))
        buffer = bytearray()
        while (response := parse(buffer)) is None:
            data = self.socket.recv(262_144)
            if not data:
                raise ConnectionError("The server closed the connection.")
            buffer += data
        return response

    def close(self) -> None:
        self.socket.close()


def send_once(port: int, request: bytes) -> tuple[int, float, str]:
    """Send one request on its own connection. Returns the status, the seconds that it took, and the text."""
    connection, started = Connection(port), time.perf_counter()
    response = connection.send(request)
    took = time.perf_counter() - started
    connection.close()
    return response.status, took, response.unpack().decode()


class Senders:
    """Threads with a connection each. Together they send `rate` of the `requests` per second until none is left.

    `statuses` counts the responses. Threads that fall behind send as fast as they can until they have caught up.
    """

    def __init__(self, port: int, requests: Iterable[bytes], rate: float, at_once: int):
        self.port, self.requests, self.rate = port, iter(requests), rate
        self.statuses: Counter[int] = Counter()
        self._lock, self._over, self._sent = threading.Lock(), threading.Event(), 0
        self._threads = [threading.Thread(target=self._send) for _ in range(at_once)]

    def start(self) -> None:
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def stop(self) -> None:
        """Wait for the responses to what has been sent, and send nothing more."""
        self._over.set()
        self.join()

    def _next(self):
        """The next request and when to send it; None as the request when none is left."""
        with self._lock:
            request, number = next(self.requests, None), self._sent
            self._sent += 1
        return request, self._began + number / self.rate

    def _send(self):
        connection = Connection(self.port)
        while not self._over.is_set():
            request, due = self._next()
            if request is None or self._over.wait(max(0, due - time.monotonic())):
                break
            status = connection.send(request).status
            with self._lock:
                self.statuses[status] += 1
        connection.close()
