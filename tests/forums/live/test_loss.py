"""Pages miss no comment and show none twice while socket processes and Redis are killed.

Many pages watch a topic while comments are added. Each page must end with all of them.
"""

import asyncio
import json
import os
import re
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest

from config.engines.directories import Directories
from tests import data_directory, event_loop, processes
from tests.simulated_page import SimulatedPage

PAGES, COMMENTS, PARTS = (200, 2_000, 10) if processes.LARGE else (60, 1_000, 10)
KILL_SOCKETS, KILL_REDIS = {1, 5}, {3, 7}
"""The parts of the comments during which a process is killed."""
PATIENCE = 120
"""Seconds after the last comment within which every page must be complete."""
pytestmark = pytest.mark.loss


def beside(data, *words):
    code, output, errors = processes.finish(
        processes.start("-m", "tests.forums.live.discussion_script", *words, data=data)
    )
    assert code == 0, errors
    return json.loads(output)


def socket_processes(data):
    """Returns the ids of the socket processes of a site, oldest first. Ids wrap around, so their order says nothing."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            name = (process / "cmdline").read_bytes()
            environ = (process / "environ").read_bytes()
            started = int((process / "stat").read_text().rpartition(")")[2].split()[19])
        except OSError:
            continue
        if name.startswith(b"folkmoot-sockets") and f"FOLKMOOT_DATA={data}".encode() in environ:
            found[int(process.name)] = started
    return sorted(found, key=found.get)


async def talk(data, faults):
    """Adds the comments part by part, and kills processes meanwhile."""
    with (data / "talk.log").open("w") as errors:
        talking = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.forums.live.discussion_script", "say",
            cwd=processes.ROOT, env=processes.environment(data),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=errors,
        )  # fmt: skip
    redis_pid = Directories(data).redis / "redis.pid"
    for part in range(PARTS):
        talking.stdin.write(f"{COMMENTS // PARTS}\n".encode())
        await asyncio.sleep(0.5)
        if part in KILL_SOCKETS:
            # The oldest process, so that each is killed once.
            victim = socket_processes(data)[0]
            os.kill(victim, signal.SIGKILL)
            faults.append(("sockets", victim))
        elif part in KILL_REDIS:
            victim = int(redis_pid.read_text())
            os.kill(victim, signal.SIGKILL)
            faults.append(("redis", victim))
        assert int(await talking.stdout.readline()) == COMMENTS // PARTS * (part + 1)
        await asyncio.sleep(0.5)
    talking.stdin.close()
    await talking.wait()


async def debate(port, data, scene):
    """Runs all pages from before the first comment until they are complete or time is over."""
    faults = []
    sessions = scene["sessions"] + [""] * (PAGES - len(scene["sessions"]))
    pages = [SimulatedPage(port, port + 1, scene["topic"], session) for session in sessions]
    watching = [asyncio.create_task(page.run()) for page in pages]
    while not all(page.counts["joined"] and page.version for page in pages):
        await asyncio.sleep(0.1)
    await talk(data, faults)
    found = await asyncio.to_thread(beside, data, "tree")
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while any(page.version < found["version"] for page in pages):
        if asyncio.get_running_loop().time() > deadline:
            break
        await asyncio.sleep(0.1)
    for task in watching:
        assert not task.done(), task.exception()
        task.cancel()
    return pages, faults, found


def text(html):
    return re.search(r"Said \d+\.|Where\?", html)[0]


@pytest.mark.xdist_group("loss")
def test_every_page_ends_with_all_that_was_said_each_once_and_in_its_place(tmp_path_factory):
    data, port = tmp_path_factory.mktemp("fm"), processes.free_port()
    data_directory.copy_site(data)
    named = {"SECRET_KEY": "k" * 50, "ALLOWED_HOSTS": "127.0.0.1", "SITE_URL": f"http://127.0.0.1:{port}"}
    running = processes.start("manage.py", "serve", "--port", str(port), "--sockets", "2", data=data, **named)
    try:
        assert "Pages on" in processes.read_until(running, "Pages on")
        scene = beside(data, "prepare", str(PAGES // 5))
        before, redis_before = socket_processes(data), (Directories(data).redis / "redis.pid").read_text()
        pages, faults, found = event_loop.run(debate(port, data, scene))
        after, redis_after = socket_processes(data), (Directories(data).redis / "redis.pid").read_text()
    finally:
        running.terminate()
        processes.finish(running)
    # The faults happened, and the pages noticed them.
    assert [name for name, _ in faults] == ["sockets", "redis", "sockets", "redis"]
    assert len(before) == len(after) == 2 and set(before).isdisjoint(after) and redis_before != redis_after
    counts = sum((page.counts for page in pages), Counter())
    assert counts["lost"] >= PAGES and counts["paused"] > 0 and counts["resumed"] > 0
    # Sockets delivered most changes.
    assert counts["topic_changed"] > 10 * PAGES
    said = {id: (seq, parent, body) for id, seq, parent, body in found["comments"]}
    assert len(said) == COMMENTS + 1
    behind = [page for page in pages if page.version < found["version"]]
    assert not behind, (len(behind), [(page.version, page.counts) for page in behind[:5]])
    for page in pages:
        shown = {id: (each["seq"], each["parent"], text(each["html"])) for id, each in page.comments.items()}
        assert shown == said, (page.session, page.counts)
        assert page.counts["shown"] == len(said)
        assert_in_place(page, said)
    print(dict(counts), file=sys.stderr)


def assert_in_place(page, said):
    """Asserts that each comment's path leads from the top through its parents."""
    for each in page.comments.values():
        way, parent = [], each["id"]
        while parent is not None and said[parent][0] != 1:
            way.append(said[parent][0])
            parent = said[parent][1]
        assert each["path"] == way[::-1]
