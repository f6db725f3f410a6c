"""One WebSocket that watches a stream: handshake, frames, and when each update was received."""

import json
import socket
import time
from array import array
from bisect import bisect_left

from tests.load.sockets.frames import frame_of, length_of

LARGEST = 262_144


class Watcher:
    """The socket of one page.

    `values` and `moments` say which value of the growing number it received when; both increase. `gaps` counts
    updates that did not continue the previous one, where a page would request what it missed. `own` is the stream of
    a member, to which their pages listen too.
    """

    def __init__(self, address: str, hello: bytes, stream: str, own: str, catches_up: bool) -> None:
        self.address, self.hello, self.stream, self.own = address, hello, stream, own
        self.catches_up = catches_up
        self.values, self.moments = array("q"), array("d")
        self.failures = self.gaps = 0
        self.is_joined = False

    def connect(self, port: int) -> socket.socket:
        self.is_joined, self._buffer = False, b""
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.bind((self.address, 0))
        self.socket.connect_ex(("127.0.0.1", port))
        return self.socket

    def receive(self, parse) -> bool:
        """Process the bytes that have arrived. Returns False when the connection has ended."""
        try:
            received = self.socket.recv(LARGEST)
        except OSError:
            return False
        data = self._buffer + received if self._buffer else received
        while data and (size := length_of(data)) <= len(data):
            part, data = data[:size], data[size:]
            if part[0] == 0x81:
                self._note(parse(part))
            elif part[0] == 0x89:
                self.socket.send(frame_of(part[2:], 0x8A))
            elif part[0] == 0x88:
                return False
            else:
                self._join()
        self._buffer = data
        return bool(received)

    def _join(self):
        """Join the streams. A watcher that reconnects sends the last version it has, as topic pages do."""
        since = {"since": self.values[-1]} if self.catches_up and self.values else {}
        joins = [{"join": self.own}] if self.own else []
        joins.append({"join": self.stream} | since)
        self.socket.send(b"".join(frame_of(json.dumps(each).encode()) for each in joins))

    def _note(self, messages):
        now = time.monotonic()
        for kind, before, value in messages:
            if kind == "joined":
                self.is_joined, self.failures = True, 0
            known = self.values[-1] if self.values else None
            if kind == "joined" and known is not None:
                continue  # the updates it missed follow
            if value is None or (known is not None and value <= known):
                continue
            if known is not None and before is not None and before > known:
                self.gaps += 1
            self.values.append(value)
            self.moments.append(now)

    def received_at(self, value: int) -> float:
        """When it received that value or a later one; infinite if it never did."""
        place = bisect_left(self.values, value)
        return self.moments[place] if place < len(self.moments) else float("inf")
