"""Delivers messages to pages: encodes them once for all that receive the same, then writes to each connection."""

import asyncio

from forums.live.delivery import daphne_transport
from forums.live.delivery.message import Message
from forums.live.streams import Versions

SLICE = 100
"""Pages that are written to before other tasks run; about two milliseconds."""


class AsgiTransport:
    """Writes to a WebSocket of any ASGI server. Used in tests, and if `daphne_transport` is not usable."""

    __slots__ = ("_send", "_tasks", "is_closed")

    def __init__(self, send) -> None:
        self._send, self._tasks, self.is_closed = send, set(), False

    def write(self, message: Message) -> None:
        if not self.is_closed:
            self._send_event({"type": "websocket.send", "text": message.text})

    def close(self, code: int, reason: str) -> None:
        self.is_closed = True
        self._send_event({"type": "websocket.close", "code": code, "reason": reason})

    def _send_event(self, event):
        task = asyncio.ensure_future(self._send(event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def open_transport(send) -> AsgiTransport | daphne_transport.DaphneTransport:
    """Return the transport behind ASGI's `send`, which must have been accepted."""
    return daphne_transport.open_transport(send) or AsgiTransport(send)


async def deliver(connections: set, batch: list[Versions]) -> int:
    """Write a batch to each connection, in the versions that its labels choose. Returns how many were written to.

    Each distinct choice is encoded once. An empty one is not sent. A connection that closes meanwhile gets no more.
    """
    known = {label for versions in batch for label in versions if label}
    messages: dict[frozenset, Message | None] = {}
    count = 0
    for number, connection in enumerate(list(connections), start=1):
        if connection not in connections:
            continue
        labels = connection.labels & known
        if labels not in messages:
            messages[labels] = _encode(batch, labels)
        if message := messages[labels]:
            connection.transport.write(message)
            count += 1
        if number % SLICE == 0:
            await asyncio.sleep(0)
    return count


def _encode(batch, labels):
    texts = [text for versions in batch if (text := _choose(versions, labels))]
    return Message(f"[{','.join(texts)}]") if texts else None


def _choose(versions, labels):
    return next((text for label, text in versions.items() if label in labels), versions.get("", ""))
