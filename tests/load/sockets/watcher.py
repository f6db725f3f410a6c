"""One socket that watches, by hand: handshake, frames, and what was told when."""

import json
import socket
import time
from array import array
from bisect import bisect_left

from tests.load.sockets.frames import frame_of, length_of

LARGEST = 262_144


class Watcher:
    """One page's socket. `values` holds what it was told and `moments` when, both rising; `gaps` counts how often it
    was told something later than what it lacked, and would have asked. `own` is a member's stream, which their pages
    listen to besides."""

    def __init__(self, address: str, hello: bytes, stream: str, own: str, asks: bool) -> None:
        self.address, self.hello, self.stream, self.own, self.asks = address, hello, stream, own, asks
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

    def hear(self, understand) -> bool:
        """Take in what has come; False when the connection is over."""
        try:
            heard = self.socket.recv(LARGEST)
        except OSError:
            return False
        data = self._buffer + heard if self._buffer else heard
        while data and (size := length_of(data)) <= len(data):
            part, data = data[:size], data[size:]
            if part[0] == 0x81:
                self._note(understand(part))
            elif part[0] == 0x89:
                self.socket.send(frame_of(part[2:], 0x8A))
            elif part[0] == 0x88:
                return False
            else:
                self._join()
        self._buffer = data
        return bool(heard)

    def _join(self):
        """Who comes back says what was heard last, as pages of topics do."""
        since = {"since": self.values[-1]} if self.asks and self.values else {}
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
                continue  # what it has missed follows
            if value is None or (known is not None and value <= known):
                continue
            if known is not None and before is not None and before > known:
                self.gaps += 1
            self.values.append(value)
            self.moments.append(now)

    def saw(self, value: int) -> float:
        """When it was told that value, or a later one; infinite where it never was."""
        place = bisect_left(self.values, value)
        return self.moments[place] if place < len(self.moments) else float("inf")
