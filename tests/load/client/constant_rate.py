"""Sending requests at a given pace, however long each takes."""

import gzip
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterable
from secrets import token_hex

from tests.load.client.closed_loop import TOKEN
from tests.load.client.responses import Answer, parse

PATIENCE = 120
"""Seconds for one answer."""


class Asking:
    """A connection on which one question is asked after the other."""

    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)

    def ask(self, request: bytes) -> Answer:
        """Raises ConnectionError if the server hangs up."""
        self.socket.sendall(request.replace(TOKEN, token_hex(16).encode()))
        buffer = bytearray()
        while (answer := parse(buffer)) is None:
            heard = self.socket.recv(262_144)
            if not heard:
                raise ConnectionError("The server hung up.")
            buffer += heard
        return answer

    def close(self) -> None:
        self.socket.close()


def ask_once(port: int, request: bytes) -> tuple[int, float, str]:
    """The status, the seconds that it took, and the text."""
    asking, started = Asking(port), time.perf_counter()
    answer = asking.ask(request)
    took = time.perf_counter() - started
    asking.close()
    body = gzip.decompress(answer.body) if answer.is_packed else answer.body
    return answer.status, took, body.decode()


class Senders:
    """Threads with a connection each that send `requests`, `rate` of them a second in all, until there are no more.

    `statuses` counts the answers. Falling behind, they send as fast as they can and make up for it.
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
        """Send what is under way and no more."""
        self._over.set()
        self.join()

    def _next(self):
        """The next request and when it is due; None without one."""
        with self._lock:
            request, number = next(self.requests, None), self._sent
            self._sent += 1
        return request, self._began + number / self.rate

    def _send(self):
        connection = Asking(self.port)
        while not self._over.is_set():
            request, due = self._next()
            if request is None or self._over.wait(max(0, due - time.monotonic())):
                break
            status = connection.ask(request).status
            with self._lock:
                self.statuses[status] += 1
        connection.close()
