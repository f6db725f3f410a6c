"""Clients that are slow on purpose, and readers who only keep a socket open."""

import asyncio
import socket
import time
from types import SimpleNamespace

from tests import processes
from tests.load.drills.stage import Stage
from tests.load.site.processes import memory
from tests.load.sockets import audience
from tests.nginx_server import NGINX, nginx

SLOW = 250
"""Slow clients of each kind: headers to nginx, to the pages and to the sockets, and answers that are not read."""
LARGE_FILE, LARGE = "large.bin", 20_000_000
DROPPED_SECONDS = 30
AWAY_SECONDS = 3
"""Seconds in which nginx answers the last requests."""
IDLE = 5_000
VERSION = "from forums.models import Topic; print(Topic.objects.get(pk=%d).version)"


def be_slow(stage: Stage) -> str:
    """Connect a thousand slow clients, some through nginx and some past it. Each must be dropped in time."""
    assert NGINX, "nginx is not installed."
    site, port = stage.site, processes.free_port()
    place = stage.data / "nginx"
    (place / "static").mkdir(parents=True)
    (place / "static" / LARGE_FILE).write_bytes(bytes(LARGE))
    upstream = {
        f"server unix:{place}/pages.sock": f"server 127.0.0.1:{site.port}",
        "127.0.0.1:8001": f"127.0.0.1:{site.port + 1}",
        "server_name localhost;\n        client_max": f"listen 127.0.0.1:{port};\n        client_max",
    }
    with nginx(place, upstream):
        stage.ledger.port = port  # the members come through nginx, too
        kinds = {
            "nginx, headers": (port, _send_slowly),
            "pages, headers": (site.port, _send_slowly),
            "sockets, headers": (site.port + 1, _send_slowly),
            "nginx, not reading": (port, _do_not_read),
        }
        held = asyncio.run(_hold(kinds))
        stage.ledger.port = site.port
        time.sleep(AWAY_SECONDS)
    assert max(held.values()) < DROPPED_SECONDS, held
    return f"{SLOW} of each: " + ", ".join(f"{kind} {seconds:.0f} s" for kind, seconds in held.items())


async def _hold(kinds):
    """The longest time for which each kind of client was kept."""
    found = {}
    for name, seconds in zip(
        kinds, await asyncio.gather(*(_hold_all(*each) for each in kinds.values())), strict=True
    ):
        found[name] = seconds
    return found


async def _hold_all(port, act):
    return max(await asyncio.gather(*(act(port) for _ in range(SLOW))))


async def _send_slowly(port):
    """Send a header with one byte each second. Returns the seconds until the connection was ended."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = time.monotonic()
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
    ended = asyncio.ensure_future(reader.read())
    while not ended.done() and time.monotonic() < began + 2 * DROPPED_SECONDS:
        writer.write(b"x")
        await asyncio.wait([ended], timeout=1)
    return await _leave(writer, ended, began)


async def _do_not_read(port):
    """Ask for a file that is larger than the buffers on the way, and read nothing of it."""
    client = socket.create_connection(("127.0.0.1", port))
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    _, writer = await asyncio.open_connection(sock=client, limit=1)
    began = time.monotonic()
    writer.transport.pause_reading()
    writer.write(f"GET /static/{LARGE_FILE} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    ended = asyncio.ensure_future(writer.wait_closed())
    while not ended.done() and time.monotonic() < began + 2 * DROPPED_SECONDS:
        writer.write(b"\r\n")  # notices a reset
        await asyncio.wait([ended], timeout=1)
    return await _leave(writer, ended, began)


async def _leave(writer, ended, began):
    seconds = time.monotonic() - began
    writer.close()
    await asyncio.gather(ended, return_exceptions=True)
    return seconds


def be_idle(stage: Stage) -> str:
    """Hold idle sockets while members write. Each reader must have the last version of the topic."""
    pid = stage.site.process.pid
    before = memory([pid])
    served = SimpleNamespace(port=stage.site.port, is_behind_nginx=False)
    with audience.watching(served, f"topic:{stage.town.topic}", IDLE, "version") as readers:
        after = memory([pid])
        stage.ledger.wait_for_writes(60)
        now, version = time.monotonic(), int(stage.run(VERSION % stage.town.topic))
        assert processes.wait_until(lambda: readers.report([(now, version)]).never == 0)
        seen = readers.report([(now, version)])
    assert seen.joined == IDLE
    each = (after["sockets"] - before["sockets"]) * 1000 / IDLE
    return f"{IDLE:,} joined, {each:.0f} KB each, none missed version {version}"
