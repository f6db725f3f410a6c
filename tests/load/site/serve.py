"""The processes under load: those of `manage.py serve`, started by it."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings

from config import lifeline
from config.trouble import Trouble
from tests.load.site import nginx

STOP_SECONDS = 30


@dataclass(frozen=True)
class Site:
    port: int
    """Where to ask: nginx's, if it stands in front."""
    processes: list[int]
    """The first process of each family."""
    is_behind_nginx: bool


@contextmanager
def running(port: int, workers: int, behind_nginx: bool) -> Iterator[Site]:
    """Pages on `port`, sockets on the next; or nginx on the one after, and pages behind it on a Unix socket. Raises
    Trouble with what `serve` says."""
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


def _serve(port, workers, unix):
    parent = os.getpid()
    command = [sys.executable, "manage.py", "serve", "--port", str(port), "--workers", str(workers)]
    served = subprocess.Popen(
        [*command, "--unix", str(unix)] if unix else command,
        cwd=settings.BASE_DIR,
        env=os.environ | {
            "SECRET_KEY": settings.SECRET_KEY,
            "ALLOWED_HOSTS": "127.0.0.1",
            "TRUSTED_PROXIES": "127.0.0.1",  # each member of the crowd comes from an address of their own
            "SITE_URL": f"http://127.0.0.1:{port}",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: lifeline.end_with_parent(15, parent),
    )  # fmt: skip
    if not served.stdout.readline():
        raise Trouble(f"The site did not start. {served.stderr.read().strip()}")
    # It speaks again if a process crashes; nobody reading would stop it in the middle of a word.
    threading.Thread(target=served.stdout.read, daemon=True).start()
    return served
