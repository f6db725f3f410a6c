"""What happens to every request before and after its view."""

import time
from collections.abc import Callable
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
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
    """Refuse with 400 what no row can hold: NUL in an address, numbers and characters beyond Postgres; and with a
    sentence the methods that nothing here answers to. Every 429 says when to try again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {*METHODS, "OPTIONS"}:
            return errors.refuse(request, 405)
        if not _is_readable(request):
            return errors.refuse(request, 400)
        response = self.get_response(request)
        if response.status_code == 405:  # Django's own is an empty page
            response = errors.refuse(request, 405)
        if response.status_code == 429:
            response.headers.setdefault("Retry-After", str(getattr(request, "retry_after", 60)))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A view met such a value in a form. Its transaction has been rolled back."""
        if isinstance(exception, DataError | UnicodeEncodeError):
            log.warning("unreadable", path=request.path, reason=type(exception).__name__)
            return errors.refuse(request, 400)
        return None


class NothingLost:
    """Whoever was signed out while writing gets the text back, instead of a sign-in page without it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method != "POST" or response.status_code != 302 or not errors.written_in(request):
            return response
        if urlsplit(response.url).path != resolve_url(settings.LOGIN_URL):
            return response
        sentence = "You are signed out. Sign in in another tab, then send this again: nothing is lost."
        return errors.refuse(request, 403, sentence)


def _is_readable(request):
    query = request.META.get("QUERY_STRING", "")
    # Cookies can spell any character, and this one is looked up in Postgres.
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    return "\0" not in request.path_info + query + session and "%00" not in query
