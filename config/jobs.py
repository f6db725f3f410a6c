"""The job worker, with the clock that sends periodic tasks in a thread of it."""

import os

THREADS = 2
YIELDING = 5
"""By how much less than pages jobs get of a busy processor; a third of their share."""


def main() -> None:
    """Work until SIGTERM; jobs that have begun are finished."""
    from config.celery import app

    os.nice(YIELDING)
    # One worker has nobody to talk to.
    alone = {"without_gossip": True, "without_mingle": True, "without_heartbeat": True}
    app.Worker(pool_cls="threads", concurrency=THREADS, loglevel="WARNING", **alone).start()
