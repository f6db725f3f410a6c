"""Fills the cache by visiting pages in this process, as a visitor of SITE_URL would."""

import io
import time
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote_to_bytes, urlsplit
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

from config.caching import recent_values


class Visits(NamedTuple):
    """How long the pages took, in seconds, and how many could not be shown."""

    seconds: list[float]
    failed: int

    def share(self, part: float) -> float:
        """The time within which this part of the pages was ready; `0.99` for the p99."""
        ordered = sorted(self.seconds)
        return ordered[min(int(part * len(ordered)), len(ordered) - 1)] if ordered else 0.0


def visit(paths: Iterable[str]) -> Visits:
    """Request each path. The pages, and all that they are made of, are then in the cache."""
    site, handler, seconds, failed = urlsplit(settings.SITE_URL), WSGIHandler(), [], 0
    for path in paths:
        statuses: list[str] = []
        environ = {
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),  # as WSGI demands
            "HTTP_HOST": site.netloc,
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": site.scheme,
            "wsgi.input": io.BytesIO(),
        }
        setup_testing_defaults(environ)
        began = time.perf_counter()
        handler(environ, lambda status, headers, seen=statuses: seen.append(status)).close()
        seconds.append(time.perf_counter() - began)
        failed += not statuses[0].startswith("200")
        # Only Redis has to keep the page. Python does not give memory back that was once full of small objects: this
        # process, which runs tasks, would have 14 MB more until it ends.
        recent_values.clear_all()
    return Visits(seconds, failed)
