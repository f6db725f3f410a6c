"""Processes that make no progress are noticed and ended, so that the supervisor replaces them."""

import signal
import time
from functools import partial

import pytest
from celery.signals import task_postrun, task_prerun

from config.processes import heartbeat, worker
from config.processes.heartbeat import Heartbeat
from config.processes.process import ManagedProcess
from config.processes.supervisor import Supervisor
from config.tasks import back_up
from forums.tasks import dispatch_events
from tests import processes


@pytest.fixture
def supervisor(tmp_path, monkeypatch):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "metrics"))  # it deletes this at its end
    return Supervisor(
        {
            "data": str(tmp_path),
            "host": "localhost",
            "bind": "127.0.0.1",
            "port": 1,
            "locks": [],
            "unix": None,
            "workers": 1,
            "sockets": 1,
        }
    )


def test_a_process_without_a_heartbeat_is_ended_and_others_are_not(supervisor, tmp_path, monkeypatch, capfd):
    assert [managed.name for managed in supervisor.processes if managed.heartbeat] == ["sockets", "jobs"]
    hangs, lives = [
        ManagedProcess(name, partial(time.sleep, 60), tmp_path / "a log", None, (), Heartbeat())
        for name in ("hangs", "lives")
    ]
    supervisor.processes = [hangs, lives]
    for managed in supervisor.processes:
        managed.start()
    try:
        now = time.monotonic
        with monkeypatch.context() as earlier:
            earlier.setattr(time, "monotonic", lambda: now() - heartbeat.STUCK_SECONDS)
            hangs.heartbeat.beat()
        supervisor._end_stuck()
        assert processes.wait_until(hangs.has_ended)
        assert not lives.has_ended()
        assert "The hangs process makes no progress; ending it." in capfd.readouterr().out
    finally:
        supervisor.__exit__()


def test_a_process_is_killed_although_it_has_not_begun_its_session(tmp_path):
    for _ in range(5):
        managed = ManagedProcess("young", partial(time.sleep, 60), tmp_path / "a log", None, (), Heartbeat())
        managed.start()
        managed.signal(signal.SIGKILL)
        managed.process.join(20)
        assert managed.process.exitcode == -signal.SIGKILL


@pytest.fixture
def progress():
    made = worker.Progress()
    yield made
    task_prerun.disconnect(made._begin)
    task_postrun.disconnect(made._end)


def begin(task, number):
    task_prerun.send(sender=task, task_id=number)


def test_a_task_that_takes_too_long_counts_as_hanging(progress, monkeypatch, engines):
    begin(dispatch_events, "1")
    begin(back_up, "2")
    assert progress.is_made()
    later = time.monotonic() + 1_000
    monkeypatch.setattr(time, "monotonic", lambda: later)
    progress.last = later
    assert not progress.is_made()
    task_postrun.send(sender=dispatch_events, task_id="1")
    assert progress.is_made()  # a backup may take hours


def test_a_worker_that_gets_no_tasks_from_its_broker_is_stuck(progress, monkeypatch, engines, settings):
    progress.last -= worker.IDLE_SECONDS + 1
    assert not progress.is_made()
    monkeypatch.setattr(worker, "_broker_answers", lambda: False)
    assert progress.is_made()
    monkeypatch.undo()
    settings.CLOCK = False  # another machine sends the periodic tasks, perhaps none at the moment
    assert progress.is_made()
