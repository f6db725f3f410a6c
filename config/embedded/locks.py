"""Who uses the engines, told by file locks: the kernel lets go of them even after a kill -9.

`users` is held shared by every process that uses the engines; whoever gets it alone may stop them.
`start` is held while engines are being started. `keeper` is held by the process that outlives us.
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

from config.embedded import postgres, redis
from config.embedded.places import Places

_held: dict[Places, IO] = {}


@contextmanager
def starting(places: Places) -> Iterator[None]:
    """One process starts engines at a time; the others wait here and then find them running."""
    with (places.engines / "start.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def hold(places: Places) -> None:
    """Count this process among the users until it ends. Waits while the engines are being stopped."""
    if places in _held:
        return
    file = (places.engines / "users.lock").open("a")
    fcntl.flock(file, fcntl.LOCK_SH)
    _keep_until_exit(places, file)
    _have_keeper(places)


def bequeath(places: Places) -> int | None:
    """The descriptor of our hold, left open for the program that replaces us with exec; None without one."""
    if places not in _held:
        return None
    descriptor = _held[places].fileno()
    os.set_inheritable(descriptor, True)
    return descriptor


def inherit(places: Places, descriptor: int) -> None:
    """Take over the hold that our predecessor bequeathed."""
    os.set_inheritable(descriptor, False)
    _keep_until_exit(places, os.fdopen(descriptor, "a"))


def _keep_until_exit(places: Places, file: IO) -> None:
    _held[places] = file
    atexit.register(leave, places, os.getpid())


def leave(places: Places, pid: int) -> None:
    """Stop using the engines; the last one out stops them and returns when they are gone.

    A forked child has inherited the lock and its parent's list of things to do at exit: `pid` tells it apart.
    """
    if pid != os.getpid() or places not in _held:
        return
    with _held.pop(places) as file:
        while not _alone(file):
            if _try(file, fcntl.LOCK_SH):
                return  # others go on using the engines
            time.sleep(0.02)  # somebody else is stopping them
        stop(places)
    _see_keeper_off(places)


def leave_all() -> None:
    """Leave every set of engines that this process uses."""
    for places in list(_held):
        leave(places, os.getpid())


def stop(places: Places) -> None:
    """Stop both engines, wherever they came from. Only for whoever holds `users` alone."""
    redis.stop(places)
    postgres.stop(places)


def keep(places: Places) -> None:
    """What the keeper does: wait until nobody is left, however they left, and stop the engines."""
    with (
        (places.engines / "keeper.lock").open("a") as mine,
        (places.engines / "users.lock").open("a") as users,
    ):
        fcntl.flock(mine, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_EX)
        stop(places)


def _have_keeper(places: Places) -> None:
    """A small process of its own session, which ends when the last user has gone."""
    if _keeper_lives(places):
        return
    root = Path(__file__).resolve().parent.parent.parent
    subprocess.Popen(
        [sys.executable, "-E", "-S", "-m", "config.embedded.keeper", str(places.data)],
        cwd=root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _see_keeper_off(places: Places) -> None:
    """Wait a moment for the keeper, which has nothing to do any more, so that we leave nothing behind."""
    deadline = time.monotonic() + 2
    while _keeper_lives(places) and time.monotonic() < deadline:
        time.sleep(0.01)


def _keeper_lives(places: Places) -> bool:
    """Asked with a shared lock: two who ask at once must not take each other for the keeper."""
    with (places.engines / "keeper.lock").open("a") as file:
        return not _try(file, fcntl.LOCK_SH)


def _alone(file: IO) -> bool:
    return _try(file, fcntl.LOCK_EX)


def _try(file: IO, how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
