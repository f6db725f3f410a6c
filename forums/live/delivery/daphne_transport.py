"""Writing to daphne's connections directly, past the queues of daphne and autobahn, which cost more than the kernel
does.

This uses private parts of daphne and Twisted. `is_usable` tries them once in each process. If they have changed, every
message goes through ASGI's `send` instead: slower, and a page that does not read is no longer dropped.
"""

import logging
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache

from forums.live.delivery.message import Message

MAX_UNSENT = 256 * 1024
"""Bytes that may wait for a page that does not read. Above it the page is dropped: it reconnects and catches up."""
KERNEL_BUFFER = 64 * 1024
"""Bytes that the kernel may buffer for a page, instead of the megabytes that it would choose."""
log = logging.getLogger(__name__)


class DaphneTransport:
    """Writes to a WebSocket of daphne's.

    Frames stay whole and in order: a frame is sent at once, or appended to the transport's buffer if that holds
    anything.
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
        waiting, sent = _unsent(transport), 0
        if waiting > MAX_UNSENT:
            transport.abortConnection()
            return
        if not waiting:
            with suppress(OSError):  # the buffer is full, or the page is gone: daphne notices when it reads
                sent = transport.socket.send(message.frame)
        if sent < len(message.frame):
            transport.write(message.frame[sent:])

    def close(self, code: int, reason: str) -> None:
        # daphne would drop the reason of ASGI's message.
        self._protocol.sendClose(code=code, reason=reason)


def open_transport(send) -> DaphneTransport | None:
    """Return the transport behind ASGI's `send`. None under another server, or if `is_usable` says no."""
    if "daphne.server" not in sys.modules or not is_usable():
        return None
    protocol = _protocol_of(send)
    if not hasattr(protocol, "sendClose"):
        return None
    protocol.transport.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER)
    return DaphneTransport(protocol)


@cache
def is_usable() -> bool:
    """Check that daphne and Twisted have the private parts that this module uses. Runs once in each process."""
    try:
        _try_buffers()
        _try_send()
    except Exception:
        log.warning(
            "daphne or Twisted has changed: messages take the slow way, and pages that do not read are not dropped.",
            exc_info=True,
        )
        return False
    return True


def findings() -> Iterator[tuple[bool | None, str]]:
    """Yield the findings of this module for `doctor`."""
    if is_usable():
        yield True, "WebSocket messages are written straight to daphne's connections"
    else:
        yield (
            None,
            "WebSocket messages take the slow way, because daphne or Twisted has changed. Memory can grow with pages "
            "that do not read. Install the versions that pyproject.toml names.",
        )


def _unsent(transport) -> int:
    """Count the bytes that wait in the transport's two buffers."""
    return len(transport.dataBuffer) - transport.offset + transport._tempDataLen


def _protocol_of(send):
    """Return the protocol that daphne bound to `send`, or None."""
    return next(iter(getattr(send, "args", ())), None)


def _try_buffers() -> None:
    from twisted.internet.abstract import FileDescriptor
    from twisted.internet.tcp import Connection

    transport = FileDescriptor(reactor=object())
    transport.connected, transport.startWriting = True, lambda: None
    transport.write(b"abc")
    transport.write(b"de")
    if _unsent(transport) != 5 or not hasattr(Connection, "abortConnection"):
        raise RuntimeError(f"Twisted reports {_unsent(transport)} waiting bytes instead of 5")


def _try_send() -> None:
    from daphne.server import Server

    def application(scope, receive, send):
        sends.append(send)
        server.connections.clear()  # daphne then starts no task

    sends, protocol = [], object()
    server = Server(application, endpoints=["unused"])
    server.connections = {protocol: {}}
    server.create_application(protocol, {})
    if _protocol_of(sends[0]) is not protocol:
        raise RuntimeError("daphne no longer binds the protocol to send")
