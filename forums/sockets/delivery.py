"""How a message gets to a page: encoded once for all who hear the same, and written straight to each connection."""

import asyncio
import socket
from contextlib import suppress

from forums.live import Versions

MOST_UNREAD = 256 * 1024
"""Bytes that may wait for a page that does not read. Beyond, it is dropped: it comes back and catches up."""
KERNEL_KEEPS = 64 * 1024
"""Bytes that the kernel may keep for a page, instead of the megabytes that it would allow itself."""
SLICE = 100
"""Pages that are written to before others have their turn; about two milliseconds."""


class Message:
    """A text, and the same as a frame for connections that are written to directly."""

    __slots__ = ("frame", "text")

    def __init__(self, text: str) -> None:
        self.text, self.frame = text, frame(text)


def frame(text: str) -> bytes:
    """An unfragmented text frame (RFC 6455, 5.2). Servers do not mask, so one serves all."""
    body = text.encode()
    if len(body) < 126:
        return bytes((0x81, len(body))) + body
    if len(body) < 65_536:
        return b"\x81\x7e" + len(body).to_bytes(2, "big") + body
    return b"\x81\x7f" + len(body).to_bytes(8, "big") + body


class Asgi:
    """A connection of whatever server there is, by ASGI's messages: for tests."""

    __slots__ = ("_send", "_under_way", "is_closed")

    def __init__(self, send) -> None:
        self._send, self._under_way, self.is_closed = send, set(), False

    def write(self, message: Message) -> None:
        if not self.is_closed:
            self._do({"type": "websocket.send", "text": message.text})

    def close(self, code: int, reason: str) -> None:
        self.is_closed = True
        self._do({"type": "websocket.close", "code": code, "reason": reason})

    def _do(self, event):
        task = asyncio.ensure_future(self._send(event))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


class Daphne:
    """A connection of daphne's, past its queues and autobahn's, which cost more than the kernel does.

    Frames stay whole and in order: what is written directly goes out at once or, as soon as something waits in the
    transport, behind that.
    """

    __slots__ = ("_protocol",)

    def __init__(self, protocol) -> None:
        self._protocol = protocol

    @property
    def is_closed(self) -> bool:
        return self._protocol.state != self._protocol.STATE_OPEN

    def write(self, message: Message) -> None:
        transport = self._protocol.transport
        if self.is_closed or not transport.connected:
            return
        waiting = len(transport.dataBuffer) - transport.offset + transport._tempDataLen
        sent = 0
        if waiting > MOST_UNREAD:
            transport.abortConnection()
            return
        if not waiting:
            with suppress(OSError):  # full, or gone, which daphne learns when it reads
                sent = transport.socket.send(message.frame)
        if sent < len(message.frame):
            transport.write(message.frame[sent:])

    def close(self, code: int, reason: str) -> None:
        # By ASGI's message the reason would get lost on the way.
        self._protocol.sendClose(code=code, reason=reason)


def connection(send) -> Asgi | Daphne:
    """How to write to the socket that this `send` of ASGI's belongs to, which has been accepted."""
    protocol = next(iter(getattr(send, "args", ())), None)
    if not hasattr(protocol, "sendClose"):
        return Asgi(send)
    protocol.transport.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_KEEPS)
    return Daphne(protocol)


async def deliver(tabs: set, batch: list[Versions]) -> int:
    """Write a batch to each of `tabs` in the versions that its labels choose. Each distinct choice is encoded once;
    one that is empty is not told. Who leaves meanwhile hears no more. Returns how many were written to."""
    known = {label for versions in batch for label in versions if label}
    messages: dict[frozenset, Message | None] = {}
    count = 0
    for place, tab in enumerate(list(tabs), start=1):
        if tab not in tabs:
            continue
        held = tab.labels & known
        if held not in messages:
            messages[held] = _encode(batch, held)
        if message := messages[held]:
            tab.connection.write(message)
            count += 1
        if place % SLICE == 0:
            await asyncio.sleep(0)
    return count


def _encode(batch, held):
    chosen = [_choose(versions, held) for versions in batch]
    told = [text for text in chosen if text]
    return Message(f"[{','.join(told)}]") if told else None


def _choose(versions, held):
    return next((text for label, text in versions.items() if label in held), versions.get("", ""))
