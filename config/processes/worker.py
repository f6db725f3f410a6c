"""The process that runs tasks, and sends the periodic ones from a thread."""

from celery import beat
from django.conf import settings

from config.processes import priorities


def main() -> None:
    """Run tasks until SIGTERM. Tasks that have begun are finished."""
    from config.celery import app

    priorities.lower_process()
    # These exchange messages between workers; `serve` starts only one.
    alone = {"without_gossip": True, "without_mingle": True, "without_heartbeat": True}
    worker = app.Worker(loglevel="WARNING", **alone)
    if settings.CLOCK:
        # A process of its own would cost 60 MB. Only the command `celery beat` reads the class from the settings.
        beat.EmbeddedService(app, thread=True, scheduler_cls=settings.CELERY_BEAT_SCHEDULER).start()
    worker.start()
