"""One topic with many readers: how fast they receive a comment, what that costs, and how it slows pages down."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from uuid import uuid4

from django.db import connection

from accounts.models import User
from config.management.operator_error import OperatorError
from forums.live import streams
from forums.live.delivery.load_shedding import Step
from forums.live.delivery.process_states import states, topics
from forums.models import Comment, Topic
from tests.load.client.scenario import Scenario
from tests.load.data.corpus import HOT
from tests.load.data.prose import Writer
from tests.load.measurements import report, rounds
from tests.load.site import processes
from tests.load.site.serve import Site
from tests.load.sockets.audience import Audience, watching

EVERY = 1
"""Seconds between two comments."""
MEMBERS = 0.5
"""The share of the sockets that belong to members. The others belong to visitors."""
BESIDE = 2_000
"""Readers of the topic while pages are measured."""
CALM = 3
"""Seconds in which the site becomes quiet and the last updates arrive."""
PATIENCE = 180
"""Seconds in which all readers must have reconnected."""
CONNECTIONS = 2
"""Connections that read pages: enough to measure, too few to use the whole machine."""
PAGES = ("index", "category", "topic", "longest topic")


def crowd(site: Site, count: int, seconds: float, sessions: list[str]) -> str:
    """Measure one topic with `count` readers and a comment per second, then kill all socket processes meanwhile.

    Returns the table. Raises OperatorError if a reader still misses an update in the end.
    """
    before, used = _kilobytes(site), processes.processor(site.processes, "sockets")
    members = sessions[: int(count * MEMBERS)]
    with watching(site, streams.topic(HOT), count, "version", members) as audience:
        join = processes.processor(site.processes, "sockets") - used
        time.sleep(CALM)
        kilobytes = (_kilobytes(site) - before) / count
        used = processes.processor(site.processes, "sockets")
        with _replies() as changes:
            time.sleep(seconds)
        step, lag = _worst()
        time.sleep(CALM)
        used = processes.processor(site.processes, "sockets") - used
        received = audience.report(changes)
        if not changes:
            raise OperatorError(
                f"No comment was written in {seconds:g} seconds. Use longer rounds (--seconds)."
            )
        away, later = _kill_sockets(site, audience, count)
    if received.never or later.never:
        raise OperatorError(
            f"{received.never} and {later.never} deliveries never arrived: a bug in live updates."
        )
    head = [
        "readers of one topic", "KB a socket", "all there after s", "CPU ms a join", "comments", "p50 s", "p99 s",
        "CPU ms a delivery", "step", "lag s", "all back after s", "p99 s meanwhile", "gaps caught up",
    ]  # fmt: skip
    row = [
        f"{count:,}", f"{kilobytes:.1f}", f"{audience.took:.1f}", f"{join * 1000 / count:.2f}", str(len(changes)),
        f"{received.p50:.2f}", f"{received.p99:.2f}", f"{used * 1000 / (count * len(changes)):.3f}", step,
        f"{lag:.2f}", f"{away:.1f}", f"{later.p99:.2f}", str(later.gaps),
    ]  # fmt: skip
    return report.table(head, [row])


def beside(site: Site, reading: list[Scenario], seconds: float, duration: float, sessions: list[str]) -> str:
    """Measure pages on the quiet site, and again while 2,000 read a topic with 60 comments per minute.

    Both measurements take rounds of `seconds` for `duration` seconds. Returns the table.
    """
    quiet = rounds.latencies(reading, site, seconds, duration)
    members = sessions[: int(BESIDE * MEMBERS)]
    with watching(site, streams.topic(HOT), BESIDE, "version", members), _replies():
        time.sleep(CALM)
        busy = rounds.latencies(reading, site, seconds, duration)
    return report.beside(reading, f"beside {BESIDE:,} readers", quiet, busy)


def pages(reading: list[Scenario]) -> list[Scenario]:
    """The scenarios of the pages that are measured during the load."""
    return [each for each in reading if each.name in PAGES]


@contextmanager
def _replies() -> Iterator[list[tuple[float, int]]]:
    """Write replies to the hot topic until the block ends.

    The list gets the moment at which each reply was stored, and the topic's version at that moment.
    """
    changes, over = [], threading.Event()

    def write():
        random, writer = Random(1), Writer(Random(1))
        members = list(User.objects.order_by("pk")[:100])
        parents = list(Comment.objects.filter(topic=HOT).select_related("topic").order_by("seq")[:50])
        while not over.wait(EVERY):
            parent = random.choice(parents)
            parent.topic.reply(
                author=random.choice(members), parent=parent, body=writer.body(), token=uuid4()
            )
            changes.append((time.monotonic(), Topic.objects.values_list("version", flat=True).get(pk=HOT)))
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield changes
    finally:
        over.set()
        thread.join()


def _kill_sockets(site, audience: Audience, count):
    """Kill the socket processes while replies are written.

    Returns the seconds until all readers were back, and how they received the replies. Raises OperatorError.
    """
    with _replies() as changes:
        time.sleep(2 * EVERY)
        for pid in processes.named(site.processes, "sockets"):
            os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE
        while (received := audience.report([])).joined < count or not received.away:
            if time.monotonic() > deadline:
                raise OperatorError(
                    f"After {PATIENCE} s only {received.joined:,} of {count:,} readers were back."
                )
            time.sleep(1)
    time.sleep(CALM)
    # Under load the site sends counts only. Pages then poll; these watchers wait until full updates are sent again.
    while (later := audience.report(changes)).never and time.monotonic() < deadline:
        time.sleep(1)
    return received.away, later


def _worst():
    """The highest load-shedding step of the topic in any process, and the greatest lag in seconds."""
    state = topics(states())[HOT]
    return Step(state["step"]).name.lower(), state["lag"]


def _kilobytes(site):
    return processes.memory(site.processes)["sockets"] * 1e6 / 1024
