"""Processes of the site that are killed, stopped, or do not come to an end."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress

from tests import processes
from tests.config.processes.test_frozen_engines import parent
from tests.load.drills.stage import Stage


def kill(name: str) -> Callable[[Stage], str]:
    """A drill that kills all processes of one kind, and waits until as many others run."""

    def kill_them(stage: Stage) -> str:
        before = stage.named(name)
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        assert processes.wait_until(lambda: _are_replaced(stage, name, before))
        return f"{len(before)} processes got new ids"

    return kill_them


def kill_a_worker(stage: Stage) -> str:
    before = stage.named("pages")
    worker = max(pid for pid in before if parent(pid) in before)
    os.kill(worker, signal.SIGKILL)
    assert processes.wait_until(lambda: _are_replaced(stage, "pages", {worker}, len(before)))
    return "one worker got a new id"


def kill_all(stage: Stage) -> str:
    """Kill all processes of the site and its engines, as if the machine had lost its power, and start it again."""
    killed = processes.running_in(stage.data)
    for pid in killed:
        with suppress(ProcessLookupError):  # it has ended with its parent
            os.kill(pid, signal.SIGKILL)
    processes.finish(stage.site.process)
    stage.site = stage.start()
    stage.ledger.port = stage.site.port
    return f"{len(killed)} processes killed"


def stop_a_worker(stage: Stage) -> str:
    """Stop (SIGSTOP) a page worker, the sockets and the jobs."""
    before = stage.named("pages")
    worker = max(pid for pid in before if parent(pid) in before)
    stopped = {worker, *stage.named("sockets"), *stage.named("jobs")}
    number = len(stage.named(""))
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    assert processes.wait_until(lambda: _are_replaced(stage, "", stopped, number))
    return f"{len(stopped)} stopped processes were replaced"


def _are_replaced(stage, name, before, number=None):
    now = stage.named(name)
    return not before & now and len(now) == (number or len(before))
