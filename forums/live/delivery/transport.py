"""Delivery of messages to pages: encoded once for all that receive the same, then written to each connection."""

import asyncio

from forums.live.delivery import daphne_transport
from forums.live.delivery.message import Message
from forums.live.streams import Versions

SLICE = 100
"""Pages that are written to before other tasks run; about two milliseconds."""


class Asgi:
    """A connection of any ASGI server. Used in tests, and under daphne if `direct` is not usable."""

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


def connection(send) -> Asgi | daphne_transport.Daphne:
    """The connection behind ASGI's `send`, which must have been accepted."""
    return daphne_transport.connection(send) or Asgi(send)


async def deliver(tabs: set, batch: list[Versions]) -> int:
    """Write a batch to each of `tabs`, in the versions that its labels choose. Returns how many were written to.

    Each distinct choice is encoded once. An empty one is not sent. A tab that leaves meanwhile gets nothing more.
    """
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
