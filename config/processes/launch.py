"""Checks ports and locks for `quickstart` and `serve`, then replaces the command with the supervisor."""

import errno
import fcntl
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import IO, NoReturn

from django.conf import settings

from config.engines import locks
from config.engines.directories import Directories, private_directory
from config.management.operator_error import OperatorError
from config.processes import signals, socket_server, web_server
from config.processes.socket_server import LOCAL
from config.web import health

MEMORY = Path("/dev/shm")  # noqa: S108 - private_directory refuses a directory of another user


def check_addresses(port: int, unix: Path | None = None, bind: str = LOCAL) -> None:
    """Check that `port` or the Unix socket is free for pages, and the next port for sockets. Raises OperatorError."""
    try:
        ip_address(bind)
    except ValueError:
        raise OperatorError(
            f"--bind {bind} is no address: give one of this machine, or 0.0.0.0 for all."
        ) from None
    if not 1 <= port < 65535:
        raise OperatorError(f"--port {port} is not possible: choose one between 1 and 65534.")
    if unix:
        _check_unix(unix)
    for each in (port + 1,) if unix else (port, port + 1):
        with socket.socket(socket_server.family(bind)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((bind, each))
            except OSError as error:
                raise OperatorError(
                    f"Port {each} is not free ({error.strerror}): end what uses it, "
                    f"or choose another, for example --port {port + 10}."
                ) from None


def _check_unix(path):
    """Check that a socket can be made here. Deletes one that a killed site has left behind."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            if path.is_socket() and probe.connect_ex(str(path)) == errno.ECONNREFUSED:
                path.unlink()
            with socket.socket(socket.AF_UNIX) as own:
                longest = web_server.own_path(path, os.getpid())
                own.bind(str(longest))
            longest.unlink()
            if path.exists():
                raise FileExistsError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
        except OSError as error:
            raise OperatorError(
                f"{path} cannot be a Unix socket ({error.strerror or error}): end what uses it, or choose another "
                "path for --unix, in a directory that can be written."
            ) from None


@contextmanager
def lock_data_dir() -> Iterator[IO]:
    """Lock the data directory for one site, until this process ends.

    Raises OperatorError if another site has the lock.
    """
    try:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        file = (settings.DATA_DIR / "site.lock").open("a")
    except OSError as error:
        raise OperatorError(
            f"{settings.DATA_DIR} cannot be written ({error.strerror}): make it writable, "
            "or choose another directory with --data or FOLKMOOT_DATA."
        ) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OperatorError(
                f"Folkmoot is already running in {settings.DATA_DIR}: stop it, or choose another --data."
            ) from None
        yield file


def running_supervisor() -> int | None:
    """The process id of the supervisor in this data directory, if one runs."""
    file = settings.DATA_DIR / "site.lock"
    if not file.exists():
        return None
    with file.open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(lock.read())
    return None


def become_supervisor(
    port: int,
    workers: int,
    sockets: int,
    ready: str,
    site_lock: IO,
    unix: Path | None = None,
    bind: str = LOCAL,
    **environment: str,
) -> NoReturn:
    """Replace this process with the supervisor, which starts this many workers and socket processes.

    Pages are served on the Unix socket if there is one. `ready` is printed when all processes answer. A variable that
    the operator has set takes precedence over the same one in `environment`.
    """
    metrics = metrics_directory(settings.DATA_DIR)
    os.set_inheritable(site_lock.fileno(), True)
    site_lock.truncate(0)
    site_lock.write(f"{os.getpid()}\n")  # which the supervisor keeps
    site_lock.flush()
    engines_lock = locks.bequeath(Directories(settings.DATA_DIR))
    plan = {
        "data": str(settings.DATA_DIR),
        "port": port,
        "bind": bind,
        "unix": unix and str(unix),
        "workers": workers,
        "sockets": sockets,
        "host": health.own_host(),
        "ready": ready,
        "engines_lock": engines_lock,
        "locks": [site_lock.fileno()] + ([] if engines_lock is None else [engines_lock]),
    }
    own = {"FOLKMOOT_DATA": plan["data"], "PROMETHEUS_MULTIPROC_DIR": str(metrics)}
    own["MALLOC_ARENA_MAX"] = "2"  # memory pools for each thread cost 10 MB and bring no speed
    own["CELERY_SKIP_CHECKS"] = "yes"  # the checks are for development and take another 10 MB
    sys.stdout.flush()
    signal.pthread_sigmask(signal.SIG_BLOCK, signals.SIGNALS)  # until the supervisor handles them
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    os.chdir(settings.BASE_DIR)
    command = [sys.executable, "-m", "config.processes.supervisor", json.dumps(plan)]
    os.execve(sys.executable, command, environment | os.environ | own)  # noqa: S606


def metrics_directory(data: Path) -> Path:
    """An empty directory in memory, in which each process counts its metrics in files of its own.

    Not on a disk if that can be avoided: the files are mapped into memory, and a full disk would kill their processes.
    """
    name = f"{Directories(data).short_name}-metrics"
    place = MEMORY / name if os.access(MEMORY, os.W_OK) else data / "metrics"
    private_directory(place)
    for file in place.iterdir():
        file.unlink()
    return place


def short(path: Path) -> str:
    """A path relative to the current directory, if it is below it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
