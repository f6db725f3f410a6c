"""The first minute after a loss of Redis, with and without `manage.py warm`."""

import os
import subprocess
import sys
import time
from random import Random

from django.conf import settings
from django_redis import get_redis_connection

from forums.models import Topic
from tests.load.client.closed_loop import Plan, run
from tests.load.client.requests import cookie, get
from tests.load.site import serve

SECONDS = 60
PAUSE = 0.03
"""Seconds between two requests, about twenty of which are sent each second."""
TOPICS = 200
"""The topics that are read: those that were active last, the first ones most often."""
REQUESTS = 5_000
MEMBERS = 40


def requests(sessions: list[str]) -> list[str]:
    """Pages of the topics in random order. A third is read by members. One query."""
    random = Random(1)
    paths = [topic.get_absolute_url() for topic in Topic.objects.order_by("-last_comment_at")[:TOPICS]]
    weights = [1 / (place + 5) for place in range(len(paths))]
    readers = ["", "", *[""] * MEMBERS, *map(cookie, sessions[: MEMBERS // 2])]
    return [get(path, random.choice(readers)) for path in random.choices(paths, weights, k=REQUESTS)]


def measure(site: serve.Site, sent: list[str], warms: bool) -> list[str]:
    """Empty both Redis, warm the cache if wanted, and read for a minute. Returns the cells of a line."""
    for name in ("default", "evictable"):
        get_redis_connection(name).flushall()
    began = time.monotonic()
    if warms:
        command = [sys.executable, "manage.py", "warm"]
        subprocess.run(
            command, cwd=settings.BASE_DIR, env=os.environ | serve.environment(site.port), check=True
        )
    warming = time.monotonic() - began
    seen = run(Plan(site.port, 1, SECONDS, sent, 200, ["<html"], pause=PAUSE))
    assert not seen["wrong"], seen["example"]
    cells = [f"{1000 * seen[name]:.0f}" for name in ("p50", "p99")]
    return ["with" if warms else "without", f"{warming:.0f}", f"{seen['count']:,}", *cells]


def table(lines: list[list[str]]) -> str:
    heading = "| `warm` | it took s | requests | p50 ms | p99 ms |\n|---|---:|---:|---:|---:|\n"
    return heading + "\n".join(f"| {' | '.join(line)} |" for line in lines)
