"""One process of the crew: forked from a parent that has the site in memory, minded, ended."""

import http.client
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from config import lifeline, stopping

# After a crash: at once, then after 1 s, 2 s, 4 s … A process that has lived for a minute starts afresh.
LONGEST_PAUSE = 30
LONG_ENOUGH = 60
_processes = multiprocessing.get_context("fork")


@dataclass
class Member:
    """What it is called, what it does until SIGTERM, and the port or Unix socket on which it answers, if any.

    `kept` are descriptors that only the parent may hold, such as its locks.
    """

    name: str
    work: Callable[[], None]
    log: Path
    place: int | Path | None = None
    kept: tuple[int, ...] = ()
    process: BaseProcess | None = None
    started: float = 0
    crashes: int = 0

    def start(self) -> None:
        """Fork. The parent must be without threads, event loops and connections: they would not survive."""
        self.process = _processes.Process(target=self._live, args=(os.getpid(),), name=self.name)
        # In the child, our handlers would answer a signal until it has its own; here, nothing may part us
        # from a process just started, before we know it.
        held = signal.pthread_sigmask(signal.SIG_BLOCK, stopping.SIGNALS)
        self.process.start()
        self.started = time.monotonic()
        signal.pthread_sigmask(signal.SIG_SETMASK, held)

    def _live(self, parent: int) -> None:
        """In a group of its own, so that Ctrl-C reaches the parent alone, which ends everybody in order."""
        os.setsid()
        lifeline.end_with_parent(signal.SIGTERM, parent)
        stopping.forget()
        lifeline.be_called(f"config.{self.name}")
        with Path(os.devnull).open() as nothing:
            for descriptor in (0, *self.kept):
                os.dup2(nothing.fileno(), descriptor)
        write_to(self.log)
        self.work()

    def has_ended(self) -> bool:
        return self.process is not None and self.process.exitcode is not None

    def pause(self) -> float:
        """Seconds to wait before the next start."""
        if time.monotonic() - self.started > LONG_ENOUGH:
            self.crashes = 0
        self.crashes += 1
        return 0 if self.crashes == 1 else min(2 ** (self.crashes - 2), LONGEST_PAUSE)

    def signal(self, number: signal.Signals) -> None:
        """Tell the process, or with SIGKILL its whole group."""
        if self.process is None:
            return
        if number == signal.SIGKILL:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return
        elif not self.has_ended():
            os.kill(self.process.pid, number)

    def answers(self, host: str) -> bool:
        """Whether a request gets an answer below 500."""
        connection = _Connection(self.place)
        try:
            connection.request("GET", "/readyz", headers={"Host": host})
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


class _Connection(http.client.HTTPConnection):
    def __init__(self, place):
        super().__init__("localhost", timeout=5)
        self.place = place

    def connect(self):
        is_port = isinstance(self.place, int)
        self.sock = socket.socket(socket.AF_INET if is_port else socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(("127.0.0.1", self.place) if is_port else str(self.place))


def write_to(log: Path) -> None:
    """Have this process print into a file from now on, errors too."""
    with log.open("ab") as output:
        for descriptor in (1, 2):
            os.dup2(output.fileno(), descriptor)
