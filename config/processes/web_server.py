"""Serves pages: granian, which forks its workers from a process that has loaded the site."""

import gc
import os
import signal
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
Therefore no page may take long, and moderation of thousands of comments must use few statements.
"""
MOST_HEADER_BYTES = 16_384
"""Size of a request's first line and headers. Above it the answer is 431. Pages and cookies of ours need under 4 KB."""
GC_THRESHOLDS = (10_000, 20, 20)
"""Thresholds of the garbage collector. With Python's own (700, 10, 10) it takes a tenth of the time of a page."""


def main(address: int | Path, workers: int) -> None:
    """Serve on a local port or on a Unix socket until SIGTERM. Requests that have begun are answered."""
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
        http1_settings=HTTP1Settings(keep_alive=isinstance(address, int), max_buffer_size=MOST_HEADER_BYTES),
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=8,
        log_dictconfig=settings.LOGGING,
        **_listening(address),
    ).serve()


def _listening(address):
    if isinstance(address, int):
        return {"address": "127.0.0.1", "port": address}
    address.unlink(missing_ok=True)
    return {
        "uds": address,
        "uds_permissions": 0o666,  # open like a port; the permissions of its directory limit access
        "backpressure": 1,
    }
