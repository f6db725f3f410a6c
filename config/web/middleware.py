"""Middleware for every request: its id and time, refusal of forms that cannot be read or saved."""

from collections.abc import Callable
from functools import cache
from secrets import token_bytes
from urllib.parse import urlsplit

import structlog
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware import csrf
from django.shortcuts import resolve_url

from config.engines import clock, reserve
from config.monitoring.requests import METHODS
from config.web import errors, limits, logs
from config.web.semaphores import Busy

log = structlog.get_logger("folkmoot.requests")
_CHARACTERS = csrf.CSRF_ALLOWED_CHARS.encode()
_CHARACTER_OF = bytes(_CHARACTERS[byte % len(_CHARACTERS)] for byte in range(256))
_LEFT_OUT = bytes(range(256 - 256 % len(_CHARACTERS), 256))  # so that each character is equally likely


def draw_token() -> str:
    """The random characters of a CSRF token or of its mask."""
    drawn = b""
    while len(drawn) < csrf.CSRF_SECRET_LENGTH:
        drawn += token_bytes(40).translate(_CHARACTER_OF, _LEFT_OUT)
    return drawn[: csrf.CSRF_SECRET_LENGTH].decode()


# Django asks the kernel for each character by itself, a fiftieth of a member's page.
csrf._get_new_csrf_string = draw_token


class RequestIdMiddleware:
    """Gives each request an id: in all its log lines, in the header X-Request-ID, on error pages and in its tasks.

    A well-formed id in that header is kept if one of TRUSTED_PROXIES sent it. Put this first: Django logs after the
    last middleware, so `config.apps` ends the request at Django's signal.

    Adds the present time, which scripts use instead of the browser's clock (static/js/lib/clock.js). Cached pages are
    stored without it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        claimed = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = logs.begin_request(limits.from_proxy(request.META.get("REMOTE_ADDR", ""), claimed))
        response = self.get_response(request)
        response.headers["X-Request-ID"] = request_id
        response.headers["Server-Timing"] = f"now;dur={clock.now().timestamp() * 1000:.0f}"
        return response


class SecurityPolicyMiddleware(CSPMiddleware):
    """Builds the policy once. django-csp builds it twice for each answer, which was 7 % of the cost before a view.

    Answers whose view changes the policy, and those with a nonce, get their own from django-csp.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_own = any(name.startswith("_csp_") for each in (request, response) for name in vars(each))
        if is_own or settings.DEBUG:
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, _policy())
        return response


@cache
def _policy() -> str:
    return build_policy()


class ValidInputMiddleware:
    """Refuses input that Postgres cannot store with 400: NUL characters, and numbers that are too large.

    Answers 405 with a page to methods that no view accepts. Adds Retry-After to every 429.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {*METHODS, "OPTIONS"}:
            return errors.refuse(request, 405)
        if not _is_valid(request):
            return errors.refuse(request, 400)
        response = self.get_response(request)
        if response.status_code == 405:  # Django's own 405 is an empty page
            response = errors.refuse(request, 405)
        if response.status_code == 429:
            response.headers.setdefault("Retry-After", str(getattr(request, "retry_after", 60)))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 400 if a form contained such a value, and 503 if the view took too long or the disk is full.

        The view's transaction is already rolled back.
        """
        if isinstance(exception, DataError | UnicodeEncodeError):
            log.warning("invalid input", path=request.path, reason=type(exception).__name__)
            return errors.refuse(request, 400)
        if reason := str(exception) if isinstance(exception, Busy) else errors.reason_of(exception):
            request.failure = str(exception).partition("\n")[0]
            return errors.away(request, reason)
        return None


class KeepTextMiddleware:
    """Gives the text back to a member whose session ended while they wrote. A redirect to the sign-in would lose it."""

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


class DiskSpaceMiddleware:
    """Answers forms with 503 while the disk of the embedded Postgres is nearly full, so that reading goes on.

    Without room for its log, Postgres would stop. Place this after the check for forms of other sites, because the
    answer has the text of the form.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, *arguments) -> HttpResponse | None:
        is_embedded = not settings.DATABASE_URL
        if request.method == "POST" and is_embedded and reserve.is_short_of_space(settings.DATA_DIR):
            return errors.away(request, errors.DISK_FULL)
        return None


def _is_valid(request):
    query = request.META.get("QUERY_STRING", "")
    # A cookie may contain any character, and this one is a key in a Postgres query.
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    return "\0" not in request.path_info + query + session and "%00" not in query
