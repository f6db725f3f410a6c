"""No counted ballot is lost and none counts twice, while workers are killed and Redis is lost.

The ledger has one line for each attempt: counted (an answer said so), refused (an answer said no), or
unknown (no answer came). Voters click twice and try again until an answer says "counted".
"""

import asyncio
import json
import os
import random
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest

from config.engines.directories import Directories
from tests import data_directory, event_loop, processes

VOTERS = 5_000 if processes.LARGE else 1_500
AT_ONCE = 24
CSRF = "c" * 32
pytestmark = pytest.mark.loss


@dataclass
class Ledger:
    counted: set = field(default_factory=set)
    """Places of the voters whose answer said so."""
    attempts: int = 0
    unknown: int = 0
    refused: list = field(default_factory=list)


async def ask(port, request):
    """The status of the answer, or None if none came."""
    writer = None
    try:
        reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 5)
        writer.write(request)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
        return int(head[9:12])
    except (OSError, EOFError, TimeoutError, asyncio.IncompleteReadError):
        return None
    finally:
        if writer:
            writer.close()


def ballot(port, poll, session, token, option, place):
    """A request of the page's script to one poll, and of its form to the other."""
    accept = ("text/html", "application/json")[place % 2]
    body = f"csrfmiddlewaretoken={CSRF}&token={token}&option={option}"
    return (
        f"POST /poll/{poll}/vote/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
        f"Cookie: sessionid_{port}={session}; csrftoken={CSRF}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        f"Accept: {accept}\r\nX-Forwarded-For: 10.0.{place // 250}.{place % 250}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


async def vote(port, place, electorate, ledger):
    """One voter. Every third clicks twice; all try again until they are counted."""
    poll = electorate["polls"][place % 2]
    request = ballot(
        port, poll["id"], electorate["sessions"][place], uuid4(), random.choice(poll["options"]), place
    )
    while place not in ledger.counted:
        clicks = 2 if place % 3 == 0 else 1
        for status in await asyncio.gather(*[ask(port, request) for _ in range(clicks)]):
            ledger.attempts += 1
            if status in (200, 303):
                ledger.counted.add(place)
            elif status is None or status >= 500:
                ledger.unknown += 1
            else:
                ledger.refused.append(status)
        if place not in ledger.counted:
            await asyncio.sleep(random.uniform(0.05, 0.5))


def workers(data):
    """The page processes that answer requests: children of the one that was started."""
    everybody = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode().split("\0")
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            environ = (process / "environ").read_bytes()
        except OSError:
            continue
        if "folkmoot-pages" in words and f"FOLKMOOT_DATA={data}".encode() in environ:
            everybody[int(process.name)] = parent
    return [pid for pid, parent in everybody.items() if parent in everybody]


async def break_things(data, ledger, faults):
    """Faults at shares of the voters, so that each meets a crowd, however fast the machine is."""
    redis_pid = Directories(data).redis / "redis.pid"
    plan = [(0.1, "kill"), (0.25, "flush"), (0.4, "kill"), (0.5, "restart"), (0.65, "kill"), (0.8, "flush")]
    for share, fault in plan:
        while len(ledger.counted) < share * VOTERS:
            await asyncio.sleep(0.02)
        if fault == "kill":
            victim = random.choice(workers(data))
            os.kill(victim, signal.SIGKILL)
            faults.append(victim)
        elif fault == "restart":
            # Killed without a shutdown. The supervisor starts it again within seconds.
            os.kill(int(redis_pid.read_text()), signal.SIGKILL)
            faults.append("redis")
        else:
            await _flush(data)
            faults.append("flush")


async def _flush(data):
    import redis.asyncio as redis

    async with redis.Redis(unix_socket_path=str(Directories(data).redis_socket)) as client:
        await client.flushall()


async def election(port, data, electorate):
    ledger, faults = Ledger(), []
    places = list(range(VOTERS))
    random.shuffle(places)

    async def one_after_another():
        while places:
            await vote(port, places.pop(), electorate, ledger)

    await asyncio.gather(break_things(data, ledger, faults), *(one_after_another() for _ in range(AT_ONCE)))
    return ledger, faults


def beside(data, *words):
    code, output, errors = processes.finish(
        processes.start("-m", "tests.polls.election_script", *words, data=data)
    )
    assert code == 0, errors
    return json.loads(output)


@pytest.mark.xdist_group("loss")
def test_counted_is_stored_once_whatever_breaks(tmp_path_factory):
    data = tmp_path_factory.mktemp("fm")
    data_directory.copy_site(data)
    port = processes.free_port()
    running = processes.start(
        "manage.py", "quickstart", "--no-demo", "--port", str(port), data=data, TRUSTED_PROXIES="127.0.0.1"
    )
    try:
        assert "Folkmoot is at" in processes.read_until(running, "Ctrl-C")
        electorate = beside(data, "prepare", str(VOTERS))
        before = set(workers(data))
        ledger, faults = event_loop.run(election(port, data, electorate))
        beside(data, "check")
        together = beside(data, "shuffle")
        audit = beside(data, "audit")
        after = set(workers(data))
    finally:
        running.terminate()
        processes.finish(running)
    # The faults happened, and were felt.
    assert [type(fault) for fault in faults].count(int) == 3 and len(faults) == 6
    assert before - after and ledger.unknown > 0 and ledger.attempts > VOTERS * 4 / 3
    assert ledger.refused == []
    assert len(ledger.counted) == VOTERS
    assert together >= 10
    for number, found in enumerate(audit):
        told = sorted(electorate["members"][place] for place in ledger.counted if place % 2 == number)
        assert found["voters"] == told
        assert found["ballots"] == len(told) == found["counted"]["ballots"]
        assert found["shown"] == found["counted"]
    print(f"{ledger.attempts} attempts, {ledger.unknown} without an answer", file=sys.stderr)
