"""Many pages that watch one stream: the processes that hold them, and what they have seen."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import NamedTuple

from django.conf import settings

from config.trouble import Trouble
from tests.load.data import members
from tests.load.site.serve import Site
from tests.load.sockets.watchers import AN_ADDRESS, Plan

A_PROCESS = 5_000
"""Watchers in one process: the system lets it open 20,000 files, and one core must keep up with all it hears."""


class Seen(NamedTuple):
    """`p50` and `p99` are seconds from a change until a watcher was told of it, `never` counts those who were not;
    `gaps` how often one missed something, `away` the seconds from the first who was cut off until all were back."""

    p50: float
    p99: float
    never: int
    gaps: int
    joined: int
    away: float
    messages: int


class Audience:
    def __init__(self, processes: list[subprocess.Popen]) -> None:
        self._processes = processes
        self.took = max(answer["took"] for answer in map(self._answer, processes))
        """Seconds until all had joined."""

    def report(self, looks: list[tuple[float, int]]) -> Seen:
        """How changes were seen, each given by when (time.monotonic) and what had been reached then."""
        for process in self._processes:
            process.stdin.write(json.dumps({"looks": looks}) + "\n")
            process.stdin.flush()
        answers = [self._answer(process) for process in self._processes]
        ages = Counter()
        for answer in answers:
            ages.update({int(age): number for age, number in answer["ages"].items()})
        total = {name: sum(answer[name] for answer in answers) for name in ("never", "gaps", "joined")}
        away, messages = (max(answer[name] for answer in answers) for name in ("away", "messages"))
        return Seen(_share(ages, 0.5), _share(ages, 0.99), away=away, messages=messages, **total)

    def _answer(self, process):
        line = process.stdout.readline()
        if not line:
            raise Trouble("The watchers ended; they say why above.")
        return json.loads(line)


@contextmanager
def watching(
    site: Site, stream: str, count: int, growing: str, sessions: list[str] = ()
) -> Iterator[Audience]:
    """`count` pages that have joined `stream`, the first of them of the members with these `sessions`, until the block
    ends. What is looked at in the messages is called `growing`. Raises Trouble."""
    port = site.port if site.is_behind_nginx else site.port + 1
    processes = []
    try:
        for first in range(0, count, A_PROCESS):
            size = min(A_PROCESS, count - first)
            own = list(sessions[first : first + size])
            place = first // AN_ADDRESS + len(processes)
            named = (settings.SESSION_COOKIE_NAME, own, members.owners(own))
            plan = Plan(port, stream, size, growing, *named, place)
            processes.append(_start(plan))
        yield Audience(processes)
    finally:
        for process in processes:
            process.terminate()
            process.wait()


def _start(plan):
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.load.sockets.watchers"],
        cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    process.stdin.write(json.dumps(asdict(plan)) + "\n")
    process.stdin.flush()
    return process


def _share(ages, share):
    """Below which that share of the ages is; infinite where there are none."""
    left = share * ages.total()
    for age in sorted(ages):
        left -= ages[age]
        if left <= 0:
            return age / 1000
    return float("inf")
