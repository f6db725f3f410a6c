"""Starts the processes that hold the watchers of one stream, and summarises what these received."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import NamedTuple

from django.conf import settings

from config.management.operator_error import OperatorError
from tests.load.data import members
from tests.load.site.serve import Site
from tests.load.sockets.watchers import AN_ADDRESS, Plan

A_PROCESS = 5_000
"""Watchers per process. A process may open 20,000 files, and one core must parse everything that it receives."""


class Received(NamedTuple):
    """How the watchers received the changes.

    `p50` and `p99` are the seconds from a change to its delivery. `never` counts missing deliveries, `gaps` updates
    that did not continue the previous one. `away` is the seconds from the first lost connection until all were back.
    """

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

    def report(self, changes: list[tuple[float, int]]) -> Received:
        """How the changes were received. Each is a moment (time.monotonic) and the value reached by then."""
        for process in self._processes:
            process.stdin.write(json.dumps({"changes": changes}) + "\n")
            process.stdin.flush()
        answers = [self._answer(process) for process in self._processes]
        delays = Counter()
        for answer in answers:
            delays.update({int(delay): number for delay, number in answer["delays"].items()})
        total = {name: sum(answer[name] for answer in answers) for name in ("never", "gaps", "joined")}
        away, messages = (max(answer[name] for answer in answers) for name in ("away", "messages"))
        return Received(
            _percentile(delays, 0.5), _percentile(delays, 0.99), away=away, messages=messages, **total
        )

    def _answer(self, process):
        line = process.stdout.readline()
        if not line:
            raise OperatorError("The watchers have ended. The reason is printed above.")
        return json.loads(line)


@contextmanager
def watching(
    site: Site, stream: str, count: int, growing: str, sessions: list[str] = ()
) -> Iterator[Audience]:
    """Have `count` watchers joined to `stream` until the block ends. Raises OperatorError.

    The first watchers are the members with these `sessions`. `growing` is the message field that grows with each
    change.
    """
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


def _percentile(delays, share):
    """The seconds within which that share of the deliveries arrived; infinite if there are none."""
    left = share * delays.total()
    for delay in sorted(delays):
        left -= delays[delay]
        if left <= 0:
            return delay / 1000
    return float("inf")
