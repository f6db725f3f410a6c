"""The socket servers: daphne on uvloop, a third faster than on asyncio. Several share one port."""

import asyncio
import gc
import os
import resource
import socket

THREADS = 3
"""For questions to the database, each with a connection of its own."""
WAITING = 4_096
"""Connections that may wait to be taken: after a restart everybody comes back at once."""
PING = 45
"""Seconds of silence after which a connection is asked whether it still lives."""
GARBAGE = (50_000, 20, 100)
"""Looking through all that ten thousand connections keep takes a tenth of a second, so it is done less often."""


def main(port: int) -> None:
    """Serve until SIGTERM. The imports are for this process alone, as is what they install."""
    raise_limit()
    gc.set_threshold(*GARBAGE)
    os.environ["ASGI_THREADS"] = str(THREADS)
    import uvloop

    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())  # before twisted chooses its reactor
    from daphne.cli import CommandLineInterface

    listening = listen(port)
    CommandLineInterface().run(
        [
            *("--fd", str(listening.fileno()), "--no-server-name", "-v", "0"),
            *("--ping-interval", str(PING), "--ping-timeout", str(2 * PING), "config.asgi:application"),
        ]
    )


def listen(port: int) -> socket.socket:
    """A socket of this process's own on a port that others listen on as well: the kernel hands each connection to one
    of them, and to the rest when one ends."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listening.bind(("127.0.0.1", port))
    listening.listen(WAITING)
    return listening


def raise_limit() -> None:
    """Every connection is an open file, of which a process may have as many as the hard limit says."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
