"""Runs nginx in front of the site as in production: static files from disk, pages from a Unix socket."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from config.management.operator_error import OperatorError
from config.processes import parent_death

START_SECONDS = 10
_CONFIGURATION = """
daemon off; worker_processes 1; pid nginx.pid; error_log error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off; tcp_nopush on; tcp_nodelay on; keepalive_requests 1000000;
  client_body_temp_path temporary; proxy_temp_path temporary;
  types {{ text/css css; text/javascript js; image/svg+xml svg; font/woff2 woff2; }}
  server {{
    listen 127.0.0.1:{port} backlog=2048;
    location /static/ {{ alias {static}/; gzip_static on; }}
    location / {{
      proxy_pass http://unix:{pages}; proxy_http_version 1.1; proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_buffers 16 16k; proxy_buffer_size 16k;
    }}
  }}
}}
"""


@contextmanager
def in_front_of(pages: Path, port: int) -> Iterator[subprocess.Popen]:
    """Run nginx on `port` until the block ends, in front of the pages' Unix socket.

    Raises OperatorError if nginx is not installed or does not start.
    """
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        raise OperatorError("nginx is not installed. Install it (apt install nginx-light) or omit --nginx.")
    place = settings.DATA_DIR / "nginx"
    place.mkdir(exist_ok=True)
    configuration = _CONFIGURATION.format(pages=pages, port=port, static=settings.STATIC_ROOT)
    (place / "nginx.conf").write_text(configuration)
    parent = os.getpid()
    with (place / "error.log").open("ab") as output:
        server = subprocess.Popen(
            [program, "-p", str(place), "-c", "nginx.conf"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=lambda: parent_death.end_with_parent(15, parent),
        )
    try:
        _wait(server, port, place / "error.log")
        yield server
    finally:
        server.terminate()
        server.wait(START_SECONDS)


def _wait(server, port, log):
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise OperatorError(f"nginx did not start. {log} contains the reason.") from None
            time.sleep(0.05)
