"""The page workers: granian, which forks its workers from a process that has the site in memory."""

import gc
import os
import signal
from pathlib import Path

from config import lifeline

WORKERS = 4
"""Two a core on the machines that most forums run on, so that whoever waits for Postgres leaves the core to others."""
THREADS = 1
"""Each worker answers one request at a time. Two in one worker hold each other up at every answer of Postgres and
Redis, as they take turns at the interpreter: beside a raid a page then takes twice as long, and replies are a fifth
fewer. The price: whoever comes to a worker waits for what it is doing, so that no page may take long, and what
moderators do to thousands of comments is done in few statements."""
GARBAGE = (10_000, 20, 20)
"""Python's own (700, 10, 10) looks through what is kept so often that it takes a tenth of the time of a page."""


def main(place: int | Path, workers: int) -> None:
    """Serve on a port of this machine or on a Unix socket, until SIGTERM; what has been asked by then is answered."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces

    gc.set_threshold(*GARBAGE)
    parent = os.getpid()
    os.register_at_fork(after_in_child=lambda: lifeline.end_with_parent(signal.SIGKILL, parent))
    Granian(
        "config.lanes:application",
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        backlog=2048,
        http=HTTPModes.http1,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=8,
        **_listening(place),
    ).serve()


def _listening(place):
    if isinstance(place, int):
        return {"address": "127.0.0.1", "port": place}
    from granian.http import HTTP1Settings

    # The workers share a socket as they cannot share a port: each takes one request at a time from the one queue, so
    # that nobody waits for a busy worker beside a free one. A connection kept open would hold its worker.
    place.unlink(missing_ok=True)
    return {
        "uds": place,
        "uds_permissions": 0o666,  # like a port; its directory says who may come near it
        "backpressure": 1,
        "http1_settings": HTTP1Settings(keep_alive=False),
    }
