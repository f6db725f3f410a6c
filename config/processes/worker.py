"""The process that runs tasks, and sends the periodic ones from a thread."""

import os
from pathlib import Path

from celery import beat
from django.conf import settings

from config.processes import priorities


def main() -> None:
    """Run tasks until SIGTERM. Tasks that have begun are finished."""
    from config.celery import app

    priorities.lower_process()
    # These exchange messages between workers; `serve` starts only one.
    alone = {"without_gossip": True, "without_mingle": True, "without_heartbeat": True}
    with Path(os.devnull).open("w") as nothing:
        os.dup2(nothing.fileno(), 1)  # Celery prints its banner there; the log is the standard error
    worker = app.Worker(**alone)
    if settings.CLOCK:
        beat.EmbeddedService(app, thread=True).start()  # a process of its own would cost 60 MB
    worker.start()
