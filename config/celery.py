"""The job queue: apps put their tasks into a module `tasks`."""

import os

from celery import Celery, beat
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("folkmoot")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def start_clock(**sender):
    """Have the worker send the periodic tasks too, from a thread: a process of its own would cost 60 MB.

    For more than one worker, switch it off in all but one with CLOCK=no.
    """
    if os.environ.get("CLOCK") != "no":
        beat.EmbeddedService(app, thread=True).start()
