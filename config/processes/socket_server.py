"""Serves WebSockets: daphne on uvloop, a third faster than on asyncio. Several processes share one port."""

import asyncio
import gc
import os
import resource
import socket
from pathlib import Path

from config.processes.heartbeat import Heartbeat

LOCAL = "127.0.0.1"
THREADS = 3
"""Threads for queries. Each has its own database connection."""
BACKLOG = 4_096
"""Connections that may wait to be accepted, because all readers reconnect at once after a restart."""
HEADER_SECONDS = 15
"""Seconds for the headers of a request. Twisted's limit of a minute begins again with each byte."""
PING = 45
"""Seconds without traffic after which a connection is sent a ping."""
GC_THRESHOLDS = (50_000, 20, 100)
"""Thresholds of the garbage collector. One run over ten thousand connections takes 0.1 s, so runs are rare."""


def main(bind: str, port: int, pages: tuple[str, int] | Path, heartbeat: Heartbeat) -> None:
    """Serve until SIGTERM. `/healthz` is for the pages, too, which listen at `pages`.

    The imports stand inside, because they install an event loop for this process only.
    """
    raise_limit()
    gc.set_threshold(*GC_THRESHOLDS)
    os.environ["ASGI_THREADS"] = str(THREADS)
    import uvloop

    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())  # before twisted creates its reactor
    from daphne.cli import CommandLineInterface
    from twisted.internet import task

    from config.web import health

    limit_headers()
    health.watch_pages(pages)
    task.LoopingCall(heartbeat.beat).start(1)
    listening = listen(port, bind)
    CommandLineInterface().run(
        [
            *("--fd", str(listening.fileno()), "--no-server-name", "-v", "0"),
            *("--ping-interval", str(PING), "--ping-timeout", str(2 * PING), "config.asgi:application"),
        ]
    )


def limit_headers() -> None:
    """Have daphne drop connections whose headers are not complete after HEADER_SECONDS."""
    from daphne.http_protocol import HTTPFactory
    from twisted.internet import reactor

    build = HTTPFactory.buildProtocol

    def build_and_limit(factory, address):
        protocol = build(factory, address)
        reactor.callLater(HEADER_SECONDS, _drop_without_headers, protocol)
        return protocol

    HTTPFactory.buildProtocol = build_and_limit


def _drop_without_headers(protocol) -> None:
    """Drop a connection unless it has become a WebSocket or its request is being answered."""
    channel = protocol._channel  # private in Twisted
    transport = channel.transport
    is_answered = any(hasattr(request, "request_start") for request in channel.requests)
    if transport and getattr(transport, "protocol", None) is protocol and not is_answered:
        transport.abortConnection()


def listen(port: int, bind: str = LOCAL) -> socket.socket:
    """Open a listening socket on a port that other processes also listen on.

    The kernel gives each new connection to one of the processes that are alive.
    """
    listening = socket.socket(family(bind))
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listening.bind((bind, port))
    listening.listen(BACKLOG)
    return listening


def family(bind: str) -> socket.AddressFamily:
    """The family of an IP address."""
    return socket.AF_INET6 if ":" in bind else socket.AF_INET


def raise_limit() -> None:
    """Raise the limit of open files to the hard limit, because each connection is an open file."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
