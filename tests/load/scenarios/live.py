"""How many readers one topic can have, how soon they are told of a comment, and what that costs everybody else."""

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
from config.trouble import Trouble
from forums import live
from forums.models import Comment, Topic
from forums.sockets.ladder import Step
from forums.sockets.states import states, topics
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
"""The share of the sockets that are members'; the others are visitors'."""
BESIDE = 2_000
"""Readers while pages are measured."""
CALM = 3
"""Seconds for everybody to settle, and for what is under way to arrive."""
PATIENCE = 180
"""Seconds in which everybody has to be back."""
CONNECTIONS = 2
"""On which pages are asked for: enough to wait for, too few to fill the machine."""
PAGES = ("index", "category", "topic", "longest topic")


def crowd(site: Site, count: int, seconds: float, sessions: list[str]) -> str:
    """One topic with so many readers, who are told of a comment a second; then all socket processes are killed while
    the talk goes on. The table. Raises Trouble if anybody has missed anything in the end."""
    before, used = _kilobytes(site), processes.processor(site.processes, "sockets")
    members = sessions[: int(count * MEMBERS)]
    with watching(site, live.topic(HOT), count, "version", members) as audience:
        join = processes.processor(site.processes, "sockets") - used
        time.sleep(CALM)
        kilobytes = (_kilobytes(site) - before) / count
        used = processes.processor(site.processes, "sockets")
        with _talk() as looks:
            time.sleep(seconds)
        step, lag = _worst()
        time.sleep(CALM)
        used = processes.processor(site.processes, "sockets") - used
        seen = audience.report(looks)
        if not looks:
            raise Trouble(f"Nothing was said in {seconds:g} seconds: let the rounds be longer.")
        away, later = _cut_off(site, audience, count)
    if seen.never or later.never:
        raise Trouble(
            f"{seen.never} and {later.never} deliveries have never arrived: a fault in live updates."
        )
    head = [
        "readers of one topic", "KB a socket", "all there after s", "CPU ms a join", "comments", "p50 s", "p99 s",
        "CPU ms a delivery", "step", "lag s", "all back after s", "p99 s meanwhile", "gaps caught up",
    ]  # fmt: skip
    row = [
        f"{count:,}", f"{kilobytes:.1f}", f"{audience.took:.1f}", f"{join * 1000 / count:.2f}", str(len(looks)),
        f"{seen.p50:.2f}", f"{seen.p99:.2f}", f"{used * 1000 / (count * len(looks)):.3f}", step, f"{lag:.2f}",
        f"{away:.1f}", f"{later.p99:.2f}", str(later.gaps),
    ]  # fmt: skip
    return report.table(head, [row])


def beside(site: Site, asked: list[Scenario], seconds: float, lasting: float, sessions: list[str]) -> str:
    """How pages answer while 2,000 read a topic with 60 comments a minute, compared with how they do otherwise: both
    in rounds of so many `seconds` for as long as it is `lasting`."""
    count = BESIDE
    quiet = rounds.latencies(asked, site, seconds, lasting)
    stream = live.topic(HOT)
    with watching(site, stream, count, "version", sessions[: int(count * MEMBERS)]), _talk():
        time.sleep(CALM)
        busy = rounds.latencies(asked, site, seconds, lasting)
    return report.beside(asked, f"beside {count:,} readers", quiet, busy)


def pages(reading: list[Scenario]) -> list[Scenario]:
    """Those of the scenarios that are asked for meanwhile."""
    return [each for each in reading if each.name in PAGES]


@contextmanager
def _talk() -> Iterator[list[tuple[float, int]]]:
    """Members reply in the hot topic while the block runs; the list gets when each reply had been stored, and the
    topic's version then."""
    looks, over = [], threading.Event()

    def talk():
        random, writer = Random(1), Writer(Random(1))
        members = list(User.objects.order_by("pk")[:100])
        parents = list(Comment.objects.filter(topic=HOT).select_related("topic").order_by("seq")[:50])
        while not over.wait(EVERY):
            parent = random.choice(parents)
            parent.topic.reply(
                author=random.choice(members), parent=parent, body=writer.body(), token=uuid4()
            )
            looks.append((time.monotonic(), Topic.objects.values_list("version", flat=True).get(pk=HOT)))
        connection.close()

    thread = threading.Thread(target=talk)
    thread.start()
    try:
        yield looks
    finally:
        over.set()
        thread.join()


def _cut_off(site, audience: Audience, count):
    """Kill the socket processes while there is talk; when everybody was back, and how the talk was seen."""
    with _talk() as looks:
        time.sleep(2 * EVERY)
        for pid in processes.named(site.processes, "sockets"):
            os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE
        while (seen := audience.report([])).joined < count or not seen.away:
            if time.monotonic() > deadline:
                raise Trouble(f"After {PATIENCE} s only {seen.joined:,} of {count:,} readers were back.")
            time.sleep(1)
    time.sleep(CALM)
    # Pages that come back while less is told ask by themselves; these here wait until all is told again.
    while (later := audience.report(looks)).never and time.monotonic() < deadline:
        time.sleep(1)
    return seen.away, later


def _worst():
    """The highest step on which a process had the topic at last, and its greatest lag."""
    told = topics(states())[HOT]
    return Step(told["step"]).name.lower(), told["lag"]


def _kilobytes(site):
    return processes.memory(site.processes)["sockets"] * 1e6 / 1024
