"""The Celery application. Each app keeps its tasks in a module `tasks`."""

import dbm
import os
from contextlib import suppress
from pathlib import Path

from celery import Celery, beat
from celery.signals import before_task_publish, setup_logging, task_postrun, task_prerun, worker_init

from config.engines.postgresql import timeouts
from config.engines.postgresql.lease import RENEW_SECONDS, Lease
from config.monitoring import tasks
from config.web import logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("folkmoot")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def _run_jobs(**about) -> None:
    """Use the database timeouts of jobs. `serve` forks the worker from a process that has answered a request."""
    timeouts.answer_requests(False)


@setup_logging.connect
def _keep_logging(**about) -> None:
    """Keep Django's logging. Without a receiver, Celery replaces it with lines of its own that are not JSON."""


@before_task_publish.connect
def _send_request_id(headers: dict, **about) -> None:
    """Send the request's id with a task. A task that several requests start at once has the id of the first."""
    if request_id := logs.request_id():
        headers["request_id"] = request_id


@task_prerun.connect
def _begin_request(task, **about) -> None:
    """Continue the request that started the task. A task that the clock starts has an id of its own."""
    logs.begin_request(task.request.get("request_id") or "")


task_postrun.connect(logs.end_request)
tasks.register()


class Scheduler(beat.PersistentScheduler):
    """Starts tasks if no other process of the site does. Keeps the time of each task's last run in a file.

    Makes the directory of the file if it is missing.
    """

    max_interval: float

    def __init__(self, *args, **kwargs) -> None:
        self._lease = Lease("scheduler")
        super().__init__(*args, **kwargs)
        self.max_interval = min(self.max_interval, RENEW_SECONDS)

    def tick(self, *args, **kwargs) -> float:
        """Start a task that is due, if this process has the lease. Returns the seconds to the next call."""
        if not self._lease.is_ours():
            return RENEW_SECONDS / 2
        return super().tick(*args, **kwargs)

    def setup_schedule(self) -> None:
        Path(self.schedule_filename).parent.mkdir(parents=True, exist_ok=True)
        super().setup_schedule()

    def sync(self) -> None:
        """Write the file. On a full disk it stays as it is, and the periodic tasks go on."""
        with suppress(*dbm.error):
            super().sync()
