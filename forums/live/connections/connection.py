"""Serves one page's WebSocket: joins and leaves streams, and notes that the reader is writing.

It is a plain ASGI application. A Channels consumer would need one task and 7 KB more for each connection, and would
pass each message through another thread.
"""

import json
import time
from itertools import count
from typing import NamedTuple

from config.web import logs
from forums.live import streams
from forums.live.connections import handshake
from forums.live.connections.hub import here
from forums.live.delivery.message import Message
from forums.live.delivery.transport import open_transport

MAX_LENGTH = 200
"""Characters of a message from a page."""
MAX_STREAMS = 5
"""Streams that one connection may join."""
RATE_LIMIT = (20, 10)
"""Messages that a page may send, and in how many seconds."""
MALFORMED = 4000
TOO_FAST = 4008
_serials = count(1)


class Connection:
    """The WebSocket of one open page. Small, because there are thousands."""

    __slots__ = (
        "_message_count", "_window_start", "address", "counted_as", "labels", "member", "serial", "session", "streams",
        "transport", "wrote_at",
    )  # fmt: skip

    def __init__(self, transport, session: str = "", address: str = "") -> None:
        self.transport, self.session, self.address = transport, session, address
        self.serial = next(_serials)
        self.member = None
        """A `ConnectedMember`, once it is known; None for visitors."""
        self.counted_as: int | str | None = None
        """The member's id or the address under which `ConnectionLimits` counts it."""
        self.streams: dict[str, frozenset[str]] = {}
        """The streams it receives, each with its labels there."""
        self.labels: frozenset[str] = frozenset()
        self.wrote_at = float("-inf")
        self._message_count, self._window_start = 0, time.monotonic()

    def add_stream(self, stream: str, labels: frozenset[str]) -> None:
        self.streams[stream] = labels
        self._merge_labels()

    def remove_stream(self, stream: str) -> None:
        if self.streams.pop(stream, None) is not None:
            self._merge_labels()

    def send(self, kind: str, **data) -> None:
        self.transport.write(Message(f"[{streams.encode(kind, **data)}]"))

    def close(self, code: int, reason: str) -> None:
        self.transport.close(code, reason)

    def is_too_fast(self) -> bool:
        """Count a message from the page. Returns whether the page has sent too many."""
        most, seconds = RATE_LIMIT
        if time.monotonic() - self._window_start > seconds:
            self._message_count, self._window_start = 0, time.monotonic()
        self._message_count += 1
        return self._message_count > most

    def _merge_labels(self):
        labels = list(self.streams.values())
        self.labels = labels[0] if len(labels) == 1 else frozenset().union(*labels)


class ClientMessage(NamedTuple):
    """A message from a page.

    `number` depends on the verb. For "join" it is "since", the topic's version that the page shows, so that it receives
    what it has missed. For "writing" it is "parent", the id of the comment being answered.
    """

    verb: str
    stream: str
    number: int | None


async def serve(scope, receive, send) -> None:
    """Serve a page until it closes. It receives JSON lists of messages (forums/live/streams.py)."""
    await receive()  # websocket.connect
    await send({"type": "websocket.accept", "headers": [(b"x-request-id", logs.request_id().encode())]})
    connection = Connection(open_transport(send), handshake.session(scope), handshake.address(scope))
    scope["headers"].clear()  # one or two kilobytes that daphne would keep as long as the page is open
    hub = here()
    try:
        await hub.add(connection)
        while (event := await receive())["type"] == "websocket.receive":
            await _handle(hub, connection, event.get("text"))
    finally:
        hub.remove(connection)


async def _handle(hub, connection, text):
    if connection.transport.is_closed:
        return
    if connection.is_too_fast():
        connection.close(TOO_FAST, "The page sent too many messages at once.")
    elif (message := parse(text)) is None:
        connection.close(MALFORMED, "The message was not understood.")
    else:
        await _VERBS[message.verb](hub, connection, message)


async def _join(hub, connection, message):
    """Join a stream. Joining again rechecks the access, for instance after voting."""
    has_room = message.stream in connection.streams or len(connection.streams) < MAX_STREAMS
    if not has_room or not await hub.join(connection, message.stream, since=message.number):
        connection.send("refused", stream=message.stream)


async def _leave(hub, connection, message):
    hub.leave(connection, message.stream)


async def _write(hub, connection, message):
    await hub.presence.write(connection, message.stream, parent=message.number)


_VERBS = {"join": _join, "leave": _leave, "writing": _write}
_NUMBERS = {"join": "since", "writing": "parent"}


def parse(text: str | None) -> ClientMessage | None:
    """Parse a message from a page. Returns None if it is malformed."""
    if not text or len(text) > MAX_LENGTH:
        return None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    verb = next(iter(data.keys() & _VERBS.keys()), "")
    stream = data.pop(verb, "")
    number = data.pop(_NUMBERS.get(verb, ""), None)
    is_valid = verb and not data and _is_stream(stream) and (number is None or _is_number(number))
    return ClientMessage(verb, stream, number) if is_valid else None


def _is_stream(stream):
    if stream == streams.TOPICS:
        return True
    name, _, digits = stream.partition(":") if isinstance(stream, str) else ("", "", "")
    return name in ("topic", "member") and digits.isascii() and digits.isdigit() and len(digits) < 19


def _is_number(value):
    return type(value) is int and 0 <= value < 2**63
