"""Serves pages: granian, which forks its workers from a process that has loaded the site."""

import gc
import os
import signal
import socket
from pathlib import Path

from django.conf import settings

from config.monitoring import requests
from config.processes import parent_death

WORKERS = 4
"""Two for each core of a small machine, so that a core has work while a worker waits for Postgres."""
THREADS = 1
"""Each worker answers one request at a time.

Two threads of one worker compete for the interpreter after each answer of Postgres and Redis. During a raid, pages then
took twice as long and a fifth fewer replies were accepted. The price is that a request waits for the one before it.
Therefore no page may take long, and moderation of thousands of comments runs as a task.
"""
MOST_HEADER_BYTES = 16_384
"""Size of a request's first line and headers. Above it the answer is 431. Pages and cookies of ours need under 4 KB."""
HEADER_SECONDS = 15
"""Seconds for the headers of a request. A client that sends one byte after the other is dropped then."""
GC_THRESHOLDS = (10_000, 20, 20)
"""Thresholds of the garbage collector. With Python's own (700, 10, 10) it takes a tenth of the time of a page."""


def main(address: tuple[str, int] | Path, workers: int) -> None:
    """Serve on an address with its port, or on a Unix socket until SIGTERM. Requests that have begun are answered.

    A Unix socket is made beside `address`, and the supervisor publishes it there. So after a reload the server before
    this one still answers the connections that it has got.
    """
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings

    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # request_priorities relies on it
    gc.set_threshold(*GC_THRESHOLDS)
    requests.WORKERS.set(workers)
    parent = os.getpid()
    os.register_at_fork(after_in_child=lambda: parent_death.end_with_parent(signal.SIGKILL, parent))
    Granian(
        "config.processes.request_priorities:application",
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        backlog=2048,
        http=HTTPModes.http1,
        # All workers accept from the one queue of a Unix socket, so no request waits for a busy worker while another is
        # free. On a port, each worker has its own queue. A connection that is kept open would occupy its worker.
        http1_settings=HTTP1Settings(
            header_read_timeout=1000 * HEADER_SECONDS,
            keep_alive=isinstance(address, tuple),
            max_buffer_size=MOST_HEADER_BYTES,
        ),
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=8,
        log_dictconfig=settings.LOGGING,
        **_listening(address),
    ).serve()


def publish(path: Path, pid: int) -> bool:
    """Let `path` lead to the socket of the server `pid`, once that accepts connections. Returns whether it does.

    It happens in one step, so each connection goes to one server or to the other.
    """
    own = own_path(path, pid)
    try:
        if path.exists() and path.samefile(own):
            return True
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(own))
        draft = own.with_suffix(".new")
        draft.unlink(missing_ok=True)
        os.link(own, draft)  # granian deletes the path that it has made itself
        draft.replace(path)
    except (FileNotFoundError, ConnectionRefusedError):
        return False
    return True


def own_path(path: Path, pid: int) -> Path:
    """The path at which the server `pid` makes its Unix socket, beside `path`."""
    return path.with_name(f"{path.name}.{pid}.sock")


def _listening(address):
    if isinstance(address, tuple):
        return dict(zip(("address", "port"), address, strict=True))
    return {
        "uds": own_path(address, os.getpid()),
        "uds_permissions": 0o666,  # open like a port; the permissions of its directory limit access
        "backpressure": 1,
    }
