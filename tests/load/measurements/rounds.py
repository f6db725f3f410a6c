"""Asking in rounds: every scenario in turn, all of that several times, and the median of what came back.

So a disturbance of the machine falls on a round of each, not on all rounds of one.
"""

import json
import subprocess
import sys
import time
from dataclasses import asdict
from statistics import median
from typing import NamedTuple

from django.conf import settings
from tqdm import tqdm

from config.trouble import Trouble
from tests.load.client.closed_loop import Plan
from tests.load.client.scenario import Scenario
from tests.load.site import processes
from tests.load.site.serve import Site

WARM_UP = 0.5
"""Seconds at least; and as long as it takes to have asked for each address once. Not counted."""


class Figures(NamedTuple):
    """Medians over the rounds. `p50` and `p99` in seconds, `size` in bytes as sent.

    `cost` is seconds of processor time that all processes of the site took for one answer: it hardly changes when
    something else keeps the machine busy. `busy` is the client's share of a core.
    """

    rate: float
    p50: float
    p99: float
    size: float
    cost: float
    busy: float


def measure(scenarios: list[Scenario], site: Site, rounds: int, seconds: float) -> list[Figures]:
    """Raises Trouble if a single answer was not what it should be: such figures mean nothing."""
    results = [[] for _ in scenarios]
    with tqdm(total=rounds * len(scenarios), unit=" rounds", delay=5) as bar:
        for scenario in scenarios:
            ask(scenario, site, WARM_UP, least=scenario.addresses)
        for _ in range(rounds):
            for scenario, found in zip(scenarios, results, strict=True):
                found.append(ask(scenario, site, seconds))
                bar.update()
    return [Figures(*(median(each[name] for each in found) for name in Figures._fields)) for found in results]


def latencies(
    scenarios: list[Scenario], site: Site, seconds: float, lasting: float, pause: float = 0
) -> list[tuple[float, float]]:
    """In seconds the p50 and p99 of each, medians of as many rounds as begin while it is `lasting` (seconds), of one
    at least, with a `pause` (seconds) between an answer and the next request. It takes many: which of its workers gets
    a connection is the system's choice, and two on the same one wait for each other. Raises Trouble."""
    found: list[list[dict]] = [[] for _ in scenarios]
    until = time.monotonic() + lasting
    while not found[-1] or time.monotonic() < until:
        for scenario, results in zip(scenarios, found, strict=True):
            results.append(ask(scenario, site, seconds, pause=pause))
    return [tuple(median(each[name] for each in results) for name in ("p50", "p99")) for results in found]


def ask(scenario: Scenario, site: Site, seconds: float, least: int = 0, pause: float = 0) -> dict:
    """One round. Raises Trouble."""
    plan = Plan(
        site.port,
        scenario.connections,
        seconds,
        scenario.requests,
        scenario.status,
        scenario.markers,
        least,
        pause,
    )
    with scenario.around():
        before = processes.processor(site.processes)
        done = subprocess.run(
            [sys.executable, "-m", "tests.load.client.closed_loop"],
            input=json.dumps(asdict(plan)),
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=False,
        )
        used = processes.processor(site.processes) - before
    if done.returncode:
        raise Trouble(f"Asking for {scenario.name} failed: {done.stderr.strip().splitlines()[-1]}")
    result = json.loads(done.stdout)
    if result["wrong"]:
        raise Trouble(
            f"{result['wrong']} wrong answers to {scenario.name} ({scenario.viewer}): {result['example']}"
        )
    return result | {"cost": used / result["count"]}
