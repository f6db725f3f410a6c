"""The middleware that counts, times and logs requests."""

import time
from collections.abc import Callable
from functools import cache

import structlog
from django.http import HttpRequest, HttpResponse
from prometheus_client import Gauge, Histogram

from config.monitoring import time_spent

SECONDS = Histogram(
    "folkmoot_request_seconds",
    "Time from the first middleware to the answer.",
    ["view", "method", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5),
)
WAITED = Histogram(
    "folkmoot_request_engine_seconds",
    "Time of a request spent waiting for Postgres (database) or Redis.",
    ["view", "engine"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1),
)
BUSY = Gauge(
    "folkmoot_requests_in_progress", "Requests that workers are answering.", multiprocess_mode="livesum"
)
WORKERS = Gauge("folkmoot_page_workers", "Page workers of `serve`.", multiprocess_mode="livesum")
METHODS = {"GET", "HEAD", "POST"}
SLOW = 1  # seconds
log = structlog.get_logger("folkmoot.requests")
# Looking up a child by its labels takes longer than counting.
_seconds, _waited = cache(SECONDS.labels), cache(WAITED.labels)


class RequestMetricsMiddleware:
    """Counts and times every request. Logs those that change something, fail, or take longer than SLOW.

    The log line holds the path, never the query string, which may contain keys. Successful reads are not logged:
    nginx logs them, and at thousands per second a line would cost more than the answer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started, spent = time.perf_counter(), time_spent.here
        spent.reset()
        BUSY.inc()
        try:
            response = self.get_response(request)
        finally:
            BUSY.dec()
        took = time.perf_counter() - started
        match, status = request.resolver_match, response.status_code
        # Label with view names, which are few. A client can invent methods and paths without end, and each label
        # value takes memory.
        method = request.method if request.method in METHODS else "other"
        view = match.view_name if match else "none"
        _seconds(view, method, status).observe(took)
        if spent.database:
            _waited(view, "database").observe(spent.database)
        if spent.redis:
            _waited(view, "redis").observe(spent.redis)
        if status >= 400 or took > SLOW or method != "GET":
            self._log(request, method, status, took)
        return response

    def _log(self, request, method, status, took):
        write = log.error if status >= 500 else log.info
        why = {"error": request.failure} if getattr(request, "failure", "") else {}
        milliseconds = round(took * 1000)
        write("request", method=method, path=request.path, status=status, milliseconds=milliseconds, **why)
