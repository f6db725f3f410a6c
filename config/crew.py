"""Starts the site's processes, restarts what crashes, and stops them all: `python -m config.crew PLAN`.

It loads the site and forks them, so that they share its memory. The plan comes from config/launch.py.
"""

import json
import os
import signal
import sys
import time
from functools import partial
from pathlib import Path
from typing import Self

from config import embedded, jobs, nursery, pages, sockets, stopping
from config.embedded import locks
from config.embedded.daemons import last_words
from config.embedded.places import Places
from config.member import Member, write_to
from config.trouble import Trouble

READY_SECONDS = 60
STOP_SECONDS = 12
LARGEST_LOG = 20 * 1024 * 1024
ENGINES_EVERY = 5  # seconds between two looks at the embedded engines


class Crew:
    """Pages, sockets and jobs, as a context: leaving it, for whatever reason, stops them all."""

    def __init__(self, plan: dict) -> None:
        self.data, self.host = Path(plan["data"]), plan["host"]
        port, kept = plan["port"], tuple(plan["locks"])
        place = Path(plan["unix"]) if plan["unix"] else port
        work = {"pages": (partial(pages.main, place, plan["workers"]), place)}
        work |= {
            name: (partial(sockets.main, port + 1), port + 1) for name in names_of_sockets(plan["sockets"])
        }
        work["jobs"] = (jobs.main, None)
        self.members = [
            Member(name, main, log_of(self.data, name), place, kept) for name, (main, place) in work.items()
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
            member.start()
        deadline = time.monotonic() + READY_SECONDS
        for member in (member for member in self.members if member.place):
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


def names_of_sockets(count: int) -> list[str]:
    """What the processes are called that share the sockets' port."""
    return ["sockets"] if count == 1 else [f"sockets-{number}" for number in range(1, count + 1)]


def log_of(data: Path, name: str) -> Path:
    """Where a process writes; a log that has become long begins anew, and one old one is kept."""
    log = data / "log" / f"{name}.log"
    log.parent.mkdir(exist_ok=True)
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_suffix(".old.log"))
    return log


def load(data: Path) -> None:
    """Load the site, whose words go where those of the pages go: the settings ask once who will read them."""
    terminal = [os.dup(descriptor) for descriptor in (1, 2)]
    write_to(log_of(data, "pages"))
    try:
        nursery.load()
    finally:
        for descriptor, kept in enumerate(terminal, 1):
            os.dup2(kept, descriptor)
            os.close(kept)


def main(plan: dict) -> None:
    """Run the site that `launch.become_crew` has prepared, until a signal. Raises Trouble."""
    data = Path(plan["data"])
    if plan["hold"] is not None:
        locks.inherit(Places(data), plan["hold"])
    load(data)  # with signals held back: nothing good comes of leaving in the midst of an import
    with stopping.until_stopped(), Crew(plan) as crew:
        crew.start()
        print(plan["ready"], flush=True)
        crew.watch()


if __name__ == "__main__":
    try:
        main(json.loads(sys.argv[1]))
    except Trouble as trouble:
        sys.exit(str(trouble))
