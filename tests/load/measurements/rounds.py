"""Measures scenarios in rounds and takes the median: each round sends the requests of every scenario in turn.

A disturbance of the machine then affects one round of every scenario, and not every round of one scenario.
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

from config.management.operator_error import OperatorError
from tests.load.client.closed_loop import Plan
from tests.load.client.scenario import Scenario
from tests.load.site import processes
from tests.load.site.serve import Site

WARM_UP = 0.5
"""Seconds before the first round, at least. It lasts until each page has been requested once. Not counted."""


class Figures(NamedTuple):
    """Medians over the rounds. `p50` and `p99` in seconds, `size` in bytes as sent.

    `cost` is the processor time in seconds that all processes of the site use for one response. It hardly changes
    when other programs keep the machine busy. `busy` is the client's share of a core.
    """

    rate: float
    p50: float
    p99: float
    size: float
    cost: float
    busy: float


def measure(scenarios: list[Scenario], site: Site, rounds: int, seconds: float) -> list[Figures]:
    """Measure each scenario.

    Raises OperatorError if a single response was wrong, because the figures then mean nothing.
    """
    results = [[] for _ in scenarios]
    with tqdm(total=rounds * len(scenarios), unit=" rounds", delay=5) as bar:
        for scenario in scenarios:
            measure_round(scenario, site, WARM_UP, least=scenario.addresses)
        for _ in range(rounds):
            for scenario, found in zip(scenarios, results, strict=True):
                found.append(measure_round(scenario, site, seconds))
                bar.update()
    return [Figures(*(median(each[name] for each in found) for name in Figures._fields)) for found in results]


def latencies(
    scenarios: list[Scenario], site: Site, seconds: float, duration: float, pause: float = 0
) -> list[tuple[float, float]]:
    """The p50 and p99 of each scenario in seconds: medians over the rounds that begin within `duration` seconds.

    There is at least one round. `pause` seconds pass between a response and the next request. Use many rounds: the
    kernel chooses the worker of a connection, and two connections to one worker wait for each other. Raises
    OperatorError.
    """
    found: list[list[dict]] = [[] for _ in scenarios]
    until = time.monotonic() + duration
    while not found[-1] or time.monotonic() < until:
        for scenario, results in zip(scenarios, found, strict=True):
            results.append(measure_round(scenario, site, seconds, pause=pause))
    return [tuple(median(each[name] for each in results) for name in ("p50", "p99")) for results in found]


def measure_round(scenario: Scenario, site: Site, seconds: float, least: int = 0, pause: float = 0) -> dict:
    """Measure one round in a process of its own. Raises OperatorError."""
    plan = Plan(
        scenario.port or site.port,
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
        raise OperatorError(f"Measuring {scenario.name} failed: {done.stderr.strip().splitlines()[-1]}")
    result = json.loads(done.stdout)
    if result["wrong"]:
        raise OperatorError(
            f"{result['wrong']} wrong responses to {scenario.name} ({scenario.viewer}): {result['example']}"
        )
    return result | {"cost": used / result["count"]}
