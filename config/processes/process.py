"""One process of the supervisor: forked from a parent that has loaded the site, watched and stopped."""

import http.client
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

import structlog

from config.processes import parent_death, signals
from config.processes.heartbeat import Heartbeat

# Pauses before restarts: none, then 1 s, 2 s, 4 s … A process that has run for a minute starts again without a pause.
MAX_PAUSE = 30
STABLE_SECONDS = 60
log = structlog.get_logger("folkmoot.processes")
_processes = multiprocessing.get_context("fork")


@dataclass
class ManagedProcess:
    """A process with a name, a function that runs until SIGTERM, and an address with port or a Unix socket, if any.

    The child closes the descriptors in `parent_only`, because only the parent may hold them, such as its locks.
    """

    name: str
    main: Callable[[], None]
    log: Path
    address: tuple[str, int] | Path | None = None
    parent_only: tuple[int, ...] = ()
    heartbeat: Heartbeat | None = None
    """Its `main` beats it while it makes progress. None if something else notices that it hangs."""
    process: BaseProcess | None = None
    started: float = 0
    crashes: int = 0

    def start(self) -> None:
        """Fork. The parent must have no threads, event loops or connections, because they do not survive a fork."""
        if self.heartbeat:
            self.heartbeat.beat()
        self.process = _processes.Process(target=self._run, args=(os.getpid(),), name=self.name)
        # Signals are blocked for two reasons. In the child, the parent's handlers would run until the child replaces
        # them. In the parent, an exception before the assignment would lose the process that was just started.
        blocked_before = signal.pthread_sigmask(signal.SIG_BLOCK, signals.SIGNALS)
        self.process.start()
        self.started = time.monotonic()
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked_before)

    def _run(self, parent: int) -> None:
        """Run `main` in a session of its own, so that Ctrl-C reaches only the parent, which stops all in order."""
        os.setsid()
        parent_death.end_with_parent(signal.SIGTERM, parent)
        signals.restore_defaults()
        parent_death.set_process_title(f"folkmoot-{self.name}")
        with Path(os.devnull).open() as nothing:
            for descriptor in (0, *self.parent_only):
                os.dup2(nothing.fileno(), descriptor)
        write_to(self.log)
        _log_failures()
        try:
            self.main()
        except Exception:
            log.exception("process failed", process=self.name)
            sys.exit(1)

    def has_ended(self) -> bool:
        return self.process is not None and self.process.exitcode is not None

    def is_stuck(self) -> bool:
        return not self.has_ended() and self.heartbeat is not None and self.heartbeat.is_late()

    def pause(self) -> float:
        """Count a crash and return the seconds to wait before the next start."""
        if time.monotonic() - self.started > STABLE_SECONDS:
            self.crashes = 0
        self.crashes += 1
        return 0 if self.crashes == 1 else min(2 ** (self.crashes - 2), MAX_PAUSE)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process; SIGKILL goes to its whole group."""
        if self.process is None:
            return
        if number == signal.SIGKILL:
            with suppress(ProcessLookupError):  # it has ended, or has not begun its session yet
                os.killpg(self.process.pid, number)
                return
        if not self.has_ended():
            os.kill(self.process.pid, number)

    def answers(self, host: str) -> bool:
        """Whether `/readyz` answers with a status below 500."""
        connection = _Connection(self.address)
        try:
            connection.request("GET", "/readyz", headers={"Host": host})
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


class _Connection(http.client.HTTPConnection):
    def __init__(self, address):
        super().__init__("localhost", timeout=5)
        self.address = address

    def connect(self):
        if isinstance(self.address, tuple):  # 0.0.0.0 and :: are this machine, too
            self.sock = socket.create_connection(self.address, self.timeout)
            return
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.address))


def _log_failures() -> None:
    """Write warnings, and failures of threads, as lines of the log like all others."""
    logging.captureWarnings(True)
    threading.excepthook = lambda failed: log.error("thread failed", exc_info=failed.exc_value)


def write_to(log: Path) -> None:
    """Redirect the output and the errors of this process to a file."""
    with log.open("ab") as output:
        for descriptor in (1, 2):
            os.dup2(output.fileno(), descriptor)
