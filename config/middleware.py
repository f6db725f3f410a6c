"""What happens to every request before and after its view."""

import time
from collections.abc import Callable

import structlog
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from prometheus_client import Histogram

from config import errors

SECONDS = Histogram(
    "folkmoot_request_seconds",
    "Time from the first middleware to the answer.",
    ["view", "method", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
SLOW = 1  # seconds
METHODS = {"GET", "HEAD", "POST"}
log = structlog.get_logger("folkmoot.requests")


class Measured:
    """Count and time every request; write down those that change something, fail or take long.

    The address, never the query: it may carry keys. Plain reading leaves no line: nginx keeps those, and
    at thousands a second writing them would cost more than answering.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        took = time.perf_counter() - started
        match, status = request.resolver_match, response.status_code
        # Names of views are few. Methods and addresses are strangers' inventions and would fill the memory.
        method = request.method if request.method in METHODS else "other"
        SECONDS.labels(match.view_name if match else "none", method, status).observe(took)
        if status >= 400 or took > SLOW or method != "GET":
            log.info(
                "request", method=method, path=request.path, status=status, milliseconds=round(took * 1000)
            )
        return response


class Readable:
    """Refuse with 400 what no row can hold: NUL in an address, numbers and characters beyond Postgres."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if "\0" in request.path_info or "%00" in query or "\0" in query:
            return errors.refuse(request, 400)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A view met such a value in a form. Its transaction has been rolled back."""
        if isinstance(exception, DataError | UnicodeEncodeError):
            log.warning("unreadable", path=request.path, reason=type(exception).__name__)
            return errors.refuse(request, 400)
        return None
