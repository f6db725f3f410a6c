"""The supervisor starts the site's processes, restarts those that crash and stops them all.

It runs as `python -m config.processes.supervisor PLAN`; `launch` makes the plan. It loads the site before it forks,
so that the processes share memory.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Self

from config.engines import embedded, locks, readiness
from config.engines.daemons import last_words
from config.engines.directories import Directories
from config.management.operator_error import OperatorError
from config.processes import heartbeat, preload, signals, socket_server, web_server, worker
from config.processes.heartbeat import Heartbeat
from config.processes.process import ManagedProcess, write_to
from config.web import static_storage

READY_SECONDS = 60
STOP_SECONDS = 12
MAX_LOG_SIZE = 20 * 1024 * 1024
DRAIN_SECONDS = 3
"""Seconds in which the page workers from before a reload take the connections that they have got.

On a port, old and new workers share it meanwhile.
"""
CHECK = "check"
ENGINES_EVERY = 5  # seconds between two checks of the embedded engines


class Supervisor:
    """The page, socket and jobs processes. As a context manager, it stops all of them on leaving."""

    def __init__(self, plan: dict) -> None:
        self.plan, self.data, self.host = plan, Path(plan["data"]), plan["host"]
        bind, port, parent_only = plan["bind"], plan["port"], tuple(plan["locks"])
        address = Path(plan["unix"]) if plan["unix"] else (bind, port)
        pages = ManagedProcess(
            "pages",
            partial(web_server.main, address, plan["workers"]),
            log_of(self.data, "pages"),
            address,
            parent_only,
        )
        self.processes = [pages]
        for name in socket_process_names(plan["sockets"]):
            main = partial(socket_server.main, bind, port + 1, address)
            self._add_with_heartbeat(name, main, (bind, port + 1), parent_only)
        self._add_with_heartbeat("jobs", worker.main, None, parent_only)
        self._stopped: set[int] = set()
        self.must_reload = False

    def _add_with_heartbeat(
        self, name: str, main: Callable, address: tuple[str, int] | None, parent_only: tuple[int, ...]
    ) -> None:
        beating = Heartbeat()
        log = log_of(self.data, name)
        self.processes.append(
            ManagedProcess(name, partial(main, beating), log, address, parent_only, beating)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason) -> None:
        """Send SIGTERM to all processes, then kill those that are left after STOP_SECONDS, with their children.

        Also deletes the metrics, which lie in memory under the name of this data directory.
        """
        for managed in self.processes:
            managed.signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and not all(
            managed.process is None or managed.has_ended() for managed in self.processes
        ):
            time.sleep(0.02)
        for managed in self.processes:
            managed.signal(signal.SIGKILL)
            if isinstance(managed.address, Path):
                managed.address.unlink(missing_ok=True)
        shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)

    def start(self) -> None:
        """Start all processes and wait until they answer. Raises OperatorError if one ends or takes too long."""
        for managed in self.processes:
            managed.start()
        deadline = time.monotonic() + READY_SECONDS
        for managed in (managed for managed in self.processes if managed.address):
            while not (self._publish(managed) and managed.answers(self.host)):
                self._give_up_if(time.monotonic() > deadline, managed)
                for each in self.processes:
                    self._give_up_if(each.has_ended(), each)
                time.sleep(0.05)

    def watch(self) -> None:
        """Restart processes that end, until a signal raises its exception. SIGHUP reloads the code."""
        signal.signal(signal.SIGHUP, self._note_reload)
        due: dict[str, float] = {}
        next_check = time.monotonic() + ENGINES_EVERY
        while True:
            if self.must_reload:
                self.must_reload = False
                self._reload()
            for managed in self.processes:
                if managed.has_ended():
                    self._restart_in_time(managed, due)
                self._publish(managed)
            if time.monotonic() > next_check:
                next_check = time.monotonic() + ENGINES_EVERY
                self._check_engines()
                self._end_stuck()
                rotate_logs(self.data / "log")
            time.sleep(0.2)

    def _publish(self, managed: ManagedProcess) -> bool:
        """Whether the address of a process leads to it. A Unix socket does after this has made it do so."""
        return not isinstance(managed.address, Path) or web_server.publish(
            managed.address, managed.process.pid
        )

    def _note_reload(self, number, frame) -> None:
        self.must_reload = True

    def _reload(self) -> None:
        """Replace this program by itself. Its processes go on until the new ones answer.

        Does nothing if the new code cannot be loaded, or needs a migration first.
        """
        print("Reloading the code.", flush=True)
        program = [sys.executable, "-m", "config.processes.supervisor"]
        if subprocess.run([*program, CHECK], check=False).returncode:
            print("The code was not reloaded; the site goes on with the code before.", flush=True)
            return
        retired = [managed.process.pid for managed in self.processes if managed.process]
        for descriptor in self.plan["locks"]:
            os.set_inheritable(descriptor, True)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, signals.SIGNALS)
        os.execv(sys.executable, [*program, json.dumps(self.plan | {"retired": retired})])  # noqa: S606

    def retire(self, processes: list[int]) -> None:
        """End the processes from before a reload, after they have answered the requests that they have got."""
        if not processes:
            return
        time.sleep(DRAIN_SECONDS)
        for pid in processes:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        left, deadline = set(processes), time.monotonic() + STOP_SECONDS
        while left and time.monotonic() < deadline:
            left = {pid for pid in left if not _is_reaped(pid)}
            time.sleep(0.02)
        for pid in left:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def _restart_in_time(self, managed: ManagedProcess, due: dict[str, float]) -> None:
        if managed.name not in due:
            due[managed.name] = time.monotonic() + managed.pause()
            print(f"The {managed.name} process ended; starting it again. See {managed.log}.", flush=True)
        if time.monotonic() >= due[managed.name]:
            del due[managed.name]
            managed.signal(signal.SIGKILL)  # its children may still hold the port
            managed.start()

    def _end_stuck(self) -> None:
        """Kill processes that make no progress, and those that have been stopped twice in a row. They are replaced.

        A page worker's own alarm ends a request that hangs, but not while the worker is stopped.
        """
        for managed in self.processes:
            if managed.is_stuck():
                print(
                    f"The {managed.name} process makes no progress; ending it. See {managed.log}.", flush=True
                )
                managed.signal(signal.SIGKILL)
        sessions = [
            managed.process.pid for managed in self.processes if managed.process and managed.process.pid
        ]
        stopped = heartbeat.stopped(sessions)
        for pid in stopped & self._stopped:
            print(f"Process {pid} was stopped; ending it.", flush=True)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._stopped = stopped

    def _check_engines(self) -> None:
        try:
            embedded.ensure(self.data, patience=0)
        except OperatorError as error:
            print(error, flush=True)

    def _give_up_if(self, has_failed: bool, managed: ManagedProcess) -> None:
        if has_failed:
            raise OperatorError(
                f"The {managed.name} process did not start: {last_words(managed.log)} (see {managed.log})"
            )


def socket_process_names(count: int) -> list[str]:
    """Name the processes that share the port of the sockets."""
    return ["sockets"] if count == 1 else [f"sockets-{number}" for number in range(1, count + 1)]


def log_of(data: Path, name: str) -> Path:
    """The log file of a process."""
    log = data / "log" / f"{name}.log"
    log.parent.mkdir(exist_ok=True)
    return log


def rotate_logs(directory: Path) -> None:
    """Copy each log above MAX_LOG_SIZE to `<name>.old.log` and empty it, while its process goes on writing to it."""
    for log in directory.glob("*.log"):
        if log.stat().st_size > MAX_LOG_SIZE and not log.name.endswith(".old.log"):
            with suppress(OSError):  # on a full disk there is no copy
                shutil.copyfile(log, log.with_suffix(".old.log"))
            os.truncate(log, 0)


def load(data: Path) -> None:
    """Load the site while output goes to the log of the pages.

    The settings choose the format of log lines once, by whether they are written to a terminal.
    """
    terminal = [os.dup(descriptor) for descriptor in (1, 2)]
    write_to(log_of(data, "pages"))
    try:
        preload.load()
    finally:
        for descriptor, saved in enumerate(terminal, 1):
            os.dup2(saved, descriptor)
            os.close(saved)


def main(plan: dict) -> None:
    """Run the site that `launch.become_supervisor` has prepared until a signal comes. Raises OperatorError."""
    data = Path(plan["data"])
    if plan["engines_lock"] is not None:
        locks.inherit(Directories(data), plan["engines_lock"])
    load(data)  # signals are still blocked: an exception in the middle of an import would show a traceback
    with signals.until_stopped(), Supervisor(plan) as supervisor:
        supervisor.start()
        supervisor.retire(plan.get("retired", []))
        print(plan["ready"], flush=True)
        supervisor.watch()


def check() -> None:
    """Check that this code can replace the running one, and collect its static files. Raises OperatorError."""
    preload.load()
    static_storage.collect(keeps_old=True)
    if missing := readiness.missing_migrations():
        raise OperatorError(f"The database lacks {missing} migrations: run `python manage.py migrate` first.")


def _is_reaped(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


if __name__ == "__main__":
    try:
        check() if sys.argv[1] == CHECK else main(json.loads(sys.argv[1]))
    except OperatorError as error:
        sys.exit(str(error))
