"""Starts the site under load with `manage.py serve`."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings

from config.management.operator_error import OperatorError
from config.processes import parent_death
from tests.load.site import nginx

STOP_SECONDS = 30


@dataclass(frozen=True)
class Site:
    port: int
    """The port for requests: nginx's if the site runs behind nginx."""
    processes: list[int]
    """The first process of each family."""
    is_behind_nginx: bool


@contextmanager
def running(port: int, workers: int, behind_nginx: bool) -> Iterator[Site]:
    """Run the site until the block ends. Raises OperatorError with the output of `serve` if it does not start.

    Pages are on `port` and sockets on `port + 1`. With nginx, nginx is on `port + 2` and pages on a Unix socket.
    """
    unix = settings.DATA_DIR / "pages.sock" if behind_nginx else None
    served = _serve(port, workers, unix)
    try:
        if not behind_nginx:
            yield Site(port, [served.pid], is_behind_nginx=False)
            return
        with nginx.in_front_of(unix, port + 2) as proxy:
            yield Site(port + 2, [served.pid, proxy.pid], is_behind_nginx=True)
    finally:
        served.terminate()
        served.wait(STOP_SECONDS)


def environment(port: int) -> dict[str, str]:
    """The settings of the site at this port."""
    return {
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "127.0.0.1",
        "TRUSTED_PROXIES": "127.0.0.1",  # so that each member can have an address of their own
        "SITE_URL": f"http://127.0.0.1:{port}",
    }


def _serve(port, workers, unix):
    parent = os.getpid()
    command = [sys.executable, "manage.py", "serve", "--port", str(port), "--workers", str(workers)]
    served = subprocess.Popen(
        [*command, "--unix", str(unix)] if unix else command,
        cwd=settings.BASE_DIR,
        env=os.environ | environment(port),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: parent_death.end_with_parent(15, parent),
    )  # fmt: skip
    if not served.stdout.readline():
        raise OperatorError(f"The site did not start. {served.stderr.read().strip()}")
    # `serve` writes again if a process crashes. A full pipe that nobody reads would block it.
    threading.Thread(target=served.stdout.read, daemon=True).start()
    return served
