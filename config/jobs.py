"""The job worker, with the clock that sends periodic tasks in a thread of it."""

from config import giving_way

THREADS = 2


def main() -> None:
    """Work until SIGTERM; jobs that have begun are finished."""
    from config.celery import app

    giving_way.process()
    # One worker has nobody to talk to.
    alone = {"without_gossip": True, "without_mingle": True, "without_heartbeat": True}
    app.Worker(pool_cls="threads", concurrency=THREADS, loglevel="WARNING", **alone).start()
