"""File locks that count the users of the engines. The kernel releases them even after kill -9.

Each process that uses the engines holds `users` shared. A process that holds it exclusively may stop them.
`start` is held while engines start. The keeper, which outlives the users, holds `keeper`.
"""

import atexit
import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from config.engines import postgres, redis, redis_cache
from config.engines.directories import Directories

_held: dict[Directories, IO] = {}


@contextmanager
def starting(directories: Directories) -> Iterator[None]:
    """Let one process start engines at a time. The others wait and then find them running."""
    with (directories.engines / "start.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def hold(directories: Directories) -> None:
    """Make this process a user of the engines until it ends. Waits while another process stops them."""
    if directories in _held:
        return
    file = (directories.engines / "users.lock").open("a")
    fcntl.flock(file, fcntl.LOCK_SH)
    _keep_until_exit(directories, file)
    _ensure_keeper(directories)


def bequeath(directories: Directories) -> int | None:
    """Keep the lock open for the program that replaces this one by exec. Returns its descriptor, or None."""
    if directories not in _held:
        return None
    descriptor = _held[directories].fileno()
    os.set_inheritable(descriptor, True)
    return descriptor


def inherit(directories: Directories, descriptor: int) -> None:
    """Take over the lock that the program before exec has kept open."""
    os.set_inheritable(descriptor, False)
    _keep_until_exit(directories, os.fdopen(descriptor, "a"))


def _keep_until_exit(directories: Directories, file: IO) -> None:
    _held[directories] = file
    atexit.register(leave, directories, os.getpid())


def leave(directories: Directories, pid: int) -> None:
    """Stop using the engines. The last user stops them and returns when they have ended.

    A forked child inherits the lock and the exit handlers of its parent, so `pid` must be the process id of the user.
    """
    if pid != os.getpid() or directories not in _held:
        return
    with _held.pop(directories) as file:
        while not _try_exclusive(file):
            if _try(file, fcntl.LOCK_SH):
                return  # others still use the engines
            time.sleep(0.02)  # another process is stopping them
        stop(directories)
    _wait_for_keeper_to_end(directories)


def stop(directories: Directories) -> None:
    """Stop all engines. The caller must hold `users` exclusively."""
    redis_cache.stop(directories)
    redis.stop(directories)
    postgres.stop(directories)


def keep(directories: Directories) -> None:
    """Wait until no user is left, then stop the engines. The keeper runs this."""
    with (
        (directories.engines / "keeper.lock").open("a") as mine,
        (directories.engines / "users.lock").open("a") as users,
    ):
        fcntl.flock(mine, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_EX)
        stop(directories)


def _ensure_keeper(directories: Directories) -> None:
    """Start the keeper if there is none: a small process in its own session that ends after the last user."""
    if _is_keeper_alive(directories):
        return
    root = Path(__file__).resolve().parent.parent.parent
    subprocess.Popen(
        [sys.executable, "-E", "-S", "-m", "config.engines.keeper", str(directories.data)],
        cwd=root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _wait_for_keeper_to_end(directories: Directories) -> None:
    """Wait up to two seconds for the keeper to end, so that no process is left."""
    deadline = time.monotonic() + 2
    while _is_keeper_alive(directories) and time.monotonic() < deadline:
        time.sleep(0.01)


def _is_keeper_alive(directories: Directories) -> bool:
    """Try a shared lock: with exclusive ones, two processes that ask at once would take each other for the keeper."""
    with (directories.engines / "keeper.lock").open("a") as file:
        return not _try(file, fcntl.LOCK_SH)


def _try_exclusive(file: IO) -> bool:
    return _try(file, fcntl.LOCK_EX)


def _try(file: IO, how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
