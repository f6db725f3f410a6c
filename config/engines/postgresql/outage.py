"""Notices that Postgres answers nobody, in all processes at once.

A request that has waited for PATIENCE tries whether Postgres greets a new client. If it does not, an outage begins: all
requests that wait for Postgres, and all that would use it, fail at once. So the workers are free for pages that need no
query. A thread keeps trying, and ends the outage. One slow statement is no outage, because Postgres still greets.
"""

import mmap
import socket
import struct
import threading
import time
from collections.abc import Generator

import psycopg
import structlog

PATIENCE = 1
"""Seconds that a request waits for an answer before it tries whether Postgres answers anybody."""
GREETING_SECONDS = 2
EXPIRES_AFTER = 4
"""Seconds after which an outage ends by itself. The thread extends it, and its process may be killed."""
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
"""The first message of a client. Postgres and poolers answer it with one byte, without a password."""
_until = mmap.mmap(-1, 8)  # shared with the processes that are forked later
log = structlog.get_logger("folkmoot.postgres")


def is_on() -> bool:
    return time.monotonic() < struct.unpack("d", _until[:])[0]


def begin(host: str, port: int) -> None:
    """Let all processes fail at once until Postgres answers at this address. `host` may be a directory of sockets."""
    if not is_on():
        log.error("postgres does not answer")
        _last(EXPIRES_AFTER)
        threading.Thread(target=_end_when_answered, args=(host, port), daemon=True).start()


def interrupt(statement: Generator, connection: psycopg.Connection) -> Generator:
    """Run a psycopg generator of `connection`. Raises OperationalError when an outage is on or is noticed here."""
    began, has_tried = time.monotonic(), False
    try:
        wanted = next(statement)
        while True:
            ready = yield wanted
            if not ready:  # psycopg resumes every 0.1 s even if nothing has arrived
                if not has_tried and time.monotonic() - began > PATIENCE:
                    has_tried, server = True, connection.info
                    if is_silent(server.host, server.port):
                        begin(server.host, server.port)
                if is_on():
                    raise psycopg.OperationalError("Postgres does not answer")
            wanted = statement.send(ready)
    except StopIteration as done:
        return done.value


def is_silent(host: str, port: int) -> bool:
    """Whether Postgres lets a new client wait for longer than GREETING_SECONDS. One that has ended refuses at once."""
    is_directory = host.startswith("/")
    try:
        with (
            socket.socket(socket.AF_UNIX)
            if is_directory
            else socket.create_connection((host, port), GREETING_SECONDS) as client
        ):
            client.settimeout(GREETING_SECONDS)
            if is_directory:
                client.connect(f"{host}/.s.PGSQL.{port}")
            client.sendall(_SSL_REQUEST)
            client.recv(1)
    except (TimeoutError, BlockingIOError):  # the latter if more clients wait than its socket has room for
        return True
    except OSError:
        return False
    return False


def _end_when_answered(host, port):
    while is_silent(host, port):
        _last(EXPIRES_AFTER)
        time.sleep(0.2)
    _last(0)
    log.info("postgres answers again")


def _last(seconds):
    _until[:] = struct.pack("d", time.monotonic() + seconds)
