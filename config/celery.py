"""The Celery application. Each app keeps its tasks in a module `tasks`."""

import os
from pathlib import Path

from celery import Celery, beat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("folkmoot")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class Scheduler(beat.PersistentScheduler):
    """Keeps the time of each task's last run in a file. Makes the directory of the file if it is missing."""

    def setup_schedule(self) -> None:
        Path(self.schedule_filename).parent.mkdir(parents=True, exist_ok=True)
        super().setup_schedule()
