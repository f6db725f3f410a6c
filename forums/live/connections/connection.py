"""Serves one page's WebSocket: joins and leaves streams, and notes that the reader is writing.

It is a plain ASGI application. A Channels consumer would need one task and 7 KB more for each tab, and would pass each
message through another thread.
"""

import json
import time
from itertools import count
from typing import NamedTuple

from forums.live import streams
from forums.live.connections import handshake
from forums.live.connections.hub import here
from forums.live.delivery.message import Message
from forums.live.delivery.transport import connection

LONGEST = 200
"""Characters of a message from a page."""
AT_MOST = 5
"""Streams that one socket may join."""
PACE = (20, 10)
"""Messages that a page may send, and in how many seconds."""
NOT_UNDERSTOOD = 4000
TOO_MUCH = 4008
_serials = count(1)


class Connection:
    """The state of one open page. Small, because there are thousands."""

    __slots__ = (
        "_heard", "_since", "address", "connection", "counted", "labels", "member", "serial", "session", "streams",
        "wrote_at",
    )  # fmt: skip

    def __init__(self, connection, session: str = "", address: str = "") -> None:
        self.connection, self.session, self.address = connection, session, address
        self.serial = next(_serials)
        self.member = None
        """A `rights.Member`, once it is known; None for visitors."""
        self.counted: int | str | None = None
        """The member's id or the address under which `Crowd` counts it."""
        self.streams: dict[str, frozenset[str]] = {}
        """The streams it receives, each with its labels there."""
        self.labels: frozenset[str] = frozenset()
        self.wrote_at = float("-inf")
        self._heard, self._since = 0, time.monotonic()

    def hear(self, stream: str, labels: frozenset[str]) -> None:
        self.streams[stream] = labels
        self._gather()

    def unhear(self, stream: str) -> None:
        if self.streams.pop(stream, None) is not None:
            self._gather()

    def tell(self, kind: str, **facts) -> None:
        self.connection.write(Message(f"[{streams.encode(kind, **facts)}]"))

    def close(self, code: int, reason: str) -> None:
        self.connection.close(code, reason)

    def is_too_fast(self) -> bool:
        """Count a message from the page. Returns whether the page has sent too many."""
        most, seconds = PACE
        if time.monotonic() - self._since > seconds:
            self._heard, self._since = 0, time.monotonic()
        self._heard += 1
        return self._heard > most

    def _gather(self):
        held = list(self.streams.values())
        self.labels = held[0] if len(held) == 1 else frozenset().union(*held)


class Said(NamedTuple):
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
    await send({"type": "websocket.accept"})
    tab = Connection(connection(send), handshake.session(scope), handshake.address(scope))
    scope["headers"].clear()  # one or two kilobytes that daphne would keep as long as the page is open
    hub = here()
    try:
        await hub.welcome(tab)
        while (event := await receive())["type"] == "websocket.receive":
            await _answer(hub, tab, event.get("text"))
    finally:
        hub.forget(tab)


async def _answer(hub, tab, text):
    if tab.connection.is_closed:
        return
    if tab.is_too_fast():
        tab.close(TOO_MUCH, "The page sent too many messages at once.")
    elif (said := understand(text)) is None:
        tab.close(NOT_UNDERSTOOD, "The message was not understood.")
    else:
        await _VERBS[said.verb](hub, tab, said)


async def _join(hub, tab, said):
    """Join a stream. Joining again rechecks the rights, for instance after voting."""
    has_room = said.stream in tab.streams or len(tab.streams) < AT_MOST
    if not has_room or not await hub.join(tab, said.stream, since=said.number):
        tab.tell("refused", stream=said.stream)


async def _leave(hub, tab, said):
    hub.leave(tab, said.stream)


async def _write(hub, tab, said):
    await hub.presence.write(tab, said.stream, parent=said.number)


_VERBS = {"join": _join, "leave": _leave, "writing": _write}
_NUMBERS = {"join": "since", "writing": "parent"}


def understand(text: str | None) -> Said | None:
    """Parse a message from a page. Returns None if it is malformed."""
    if not text or len(text) > LONGEST:
        return None
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    verb = next(iter(said.keys() & _VERBS.keys()), "")
    stream = said.pop(verb, "")
    number = said.pop(_NUMBERS.get(verb, ""), None)
    is_sound = verb and not said and _is_stream(stream) and (number is None or _is_number(number))
    return Said(verb, stream, number) if is_sound else None


def _is_stream(stream):
    if stream == streams.TOPICS:
        return True
    name, _, digits = stream.partition(":") if isinstance(stream, str) else ("", "", "")
    return name in ("topic", "member") and digits.isascii() and digits.isdigit() and len(digits) < 19


def _is_number(value):
    return type(value) is int and 0 <= value < 2**63
