"""The page workers: `python -m config.pages PORT WORKERS`.

The site is loaded once, before granian forks its workers, so that they share most of their memory.
"""

import gc
import os
import signal
import sys
from wsgiref.util import setup_testing_defaults

from granian import Granian
from granian.constants import HTTPModes, Interfaces

from config import lifeline
from config.health import own_host
from config.wsgi import application

# Threads of one worker take turns, so more than a few only wait for each other; one alone would let
# a slow request hold up half of the others.
THREADS = 4


def main(port: int, workers: int) -> None:
    """Serve until SIGTERM; what has been asked by then is answered."""
    warm_up()
    gc.collect()
    gc.freeze()  # collecting would touch, and so copy, what the workers share
    parent = os.getpid()
    os.register_at_fork(after_in_child=lambda: lifeline.end_with_parent(signal.SIGKILL, parent))
    Granian(
        "config.wsgi:application",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        backlog=2048,
        http=HTTPModes.http1,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=8,
    ).serve()


def warm_up() -> None:
    """Answer one request that needs no engine: it loads views, middleware and the clients of both engines."""
    question = {"PATH_INFO": "/healthz", "HTTP_HOST": own_host()}
    setup_testing_defaults(question)
    application(question, lambda status, headers: None).close()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
