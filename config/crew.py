"""Starts the site's processes, restarts what crashes, and stops them all: `python -m config.crew PLAN`.

Runs in a process of its own that has not loaded Django. The plan comes from config/launch.py.
"""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from config import embedded, lifeline, stopping
from config.embedded import locks
from config.embedded.daemons import last_words
from config.embedded.places import Places
from config.trouble import Trouble

READY_SECONDS = 60
STOP_SECONDS = 12
# After a crash: at once, then after 1 s, 2 s, 4 s … A process that has lived for a minute starts afresh.
LONGEST_PAUSE = 30
LONG_ENOUGH = 60
LARGEST_LOG = 20 * 1024 * 1024
ENGINES_EVERY = 5  # seconds between two looks at the embedded engines


@dataclass
class Member:
    """One process of the crew: what it is called, its command, and the port on which it answers, if any."""

    name: str
    command: list[str]
    log: Path
    port: int = 0
    process: subprocess.Popen | None = None
    started: float = 0
    crashes: int = 0

    def start(self) -> None:
        """Run it in a group of its own, so that Ctrl-C reaches us alone and we end it in order."""
        parent = os.getpid()
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=lambda: lifeline.end_with_parent(signal.SIGTERM, parent),
            )
        self.started = time.monotonic()

    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

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
        elif self.process.poll() is None:
            self.process.send_signal(number)

    def answers(self, host: str) -> bool:
        """Whether a request gets an answer below 500."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz", headers={"Host": host})
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


class Crew:
    """Pages, sockets and jobs, as a context: leaving it, for whatever reason, stops them all."""

    def __init__(self, data: Path, port: int, workers: int, host: str) -> None:
        self.data, self.host = data, host
        logs = data / "log"
        logs.mkdir(exist_ok=True)
        python = [sys.executable, "-m"]
        pages = [*python, "config.pages", str(port), str(workers)]
        sockets = [*python, "config.sockets", str(port + 1)]
        celery = [*python, "celery", "--app", "config", "worker", "--pool", "threads", "--concurrency", "2"]
        quiet = ["--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"]
        self.members = [
            Member("pages", pages, logs / "pages.log", port),
            Member("sockets", sockets, logs / "sockets.log", port + 1),
            Member("jobs", celery + quiet, logs / "jobs.log"),
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason) -> None:
        """End everybody at once; whoever is not done in time is killed with all of its children."""
        for member in self.members:
            member.signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and not all(
            member.process is None or member.has_ended() for member in self.members
        ):
            time.sleep(0.02)
        for member in self.members:
            member.signal(signal.SIGKILL)

    def start(self) -> None:
        """Start everybody and wait until they answer. Raises Trouble if one ends instead."""
        for member in self.members:
            _turn_over(member.log)
            member.start()
        deadline = time.monotonic() + READY_SECONDS
        for member in (member for member in self.members if member.port):
            while not member.answers(self.host):
                self._give_up_if(time.monotonic() > deadline, member)
                for each in self.members:
                    self._give_up_if(each.has_ended(), each)
                time.sleep(0.05)

    def watch(self) -> None:
        """Restart whoever ends, for ever; a signal's exception is the way out."""
        due: dict[str, float] = {}
        look = time.monotonic() + ENGINES_EVERY
        while True:
            for member in self.members:
                if member.has_ended():
                    self._restart_in_time(member, due)
            if time.monotonic() > look:
                look = time.monotonic() + ENGINES_EVERY
                self._mind_engines()
            time.sleep(0.2)

    def _restart_in_time(self, member: Member, due: dict[str, float]) -> None:
        if member.name not in due:
            due[member.name] = time.monotonic() + member.pause()
            print(f"The {member.name} process ended; starting it again. See {member.log}.", flush=True)
        if time.monotonic() >= due[member.name]:
            del due[member.name]
            member.signal(signal.SIGKILL)  # what it may have left behind would hold its port
            member.start()

    def _mind_engines(self) -> None:
        try:
            embedded.ensure(self.data)
        except Trouble as trouble:
            print(trouble, flush=True)

    def _give_up_if(self, hopeless: bool, member: Member) -> None:
        if hopeless:
            raise Trouble(
                f"The {member.name} process did not start: {last_words(member.log)} (see {member.log})"
            )


def _turn_over(log: Path) -> None:
    """Begin a new log file when the old one has become long; one old one is kept."""
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_suffix(".old.log"))


def main(plan: dict) -> None:
    """Run the site that `launch.become_crew` has prepared, until a signal. Raises Trouble."""
    data = Path(plan["data"])
    with stopping.until_stopped():
        if plan["hold"] is not None:
            locks.inherit(Places(data), plan["hold"])
        with Crew(data, plan["port"], plan["workers"], plan["host"]) as crew:
            crew.start()
            print(plan["ready"], flush=True)
            crew.watch()


if __name__ == "__main__":
    try:
        main(json.loads(sys.argv[1]))
    except Trouble as trouble:
        sys.exit(str(trouble))
