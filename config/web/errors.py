"""Error pages in the site's own look: templates/<status>.html, with a reason and a next step.

If the refused form contained a text, the page is templates/again.html instead. It holds the text in a form that sends
it again.
"""

import sys

import psycopg
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django_ratelimit.exceptions import Ratelimited

from config.monitoring import counters
from config.web import logs
from config.web.limits import TooFast

TOOK_TOO_LONG = "This took too long, so we stopped it. Please try again in a few seconds."
DISK_FULL = (
    "The disk of this site is full, so nothing can be saved at the moment. Reading still works. "
    "Please keep your text and try again later."
)
OPEN_TOO_LONG = "This form was open for too long. Your text is below. Check it, then send it again."
_texts: set[str] = set()


def register_texts(*names: str) -> None:
    """Give these form fields back when a form is refused. Register fields in which members write long texts."""
    _texts.update(names)


def refuse(request: HttpRequest, status: int, reason: str = "") -> HttpResponse:
    """Answer with the page for `status`. `reason` replaces the page's usual sentence."""
    template = "again.html" if (written := written_in(request)) else f"{status}.html"
    context = {
        "reason": reason,
        "status": status,
        "written": written,
        "texts": _texts,
        "request_id": logs.request_id(),
    }
    return HttpResponse(render_to_string(template, context, request), status=status)


def written_in(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of the submitted form if one of its registered texts is filled in, otherwise an empty list.

    The CSRF token and passwords are left out.
    """
    try:
        posted = request.POST
    except (SuspiciousOperation, MultiPartParserError):
        return []
    if not any(posted.get(name, "").strip() for name in _texts):
        return []
    secret = ("csrfmiddlewaretoken", "password")
    fields = [(name, value) for name, values in posted.lists() for value in values]
    return [(name, value) for name, value in fields if not any(word in name for word in secret)]


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400, or 413 if the body was too big. Shows the exception's sentence only for a BadRequest."""
    if isinstance(exception, RequestDataTooBig):
        return refuse(request, 413)
    return refuse(request, 400, _sentence(exception) if isinstance(exception, BadRequest) else "")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403, or 429 if a rate limit was exceeded. Shows the exception's sentence if it has one."""
    if isinstance(exception, Ratelimited):
        request.retry_after = getattr(exception, "wait", 60)
        return refuse(request, 429, _sentence(exception))
    return refuse(request, 403, _sentence(exception))


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer 429 for allauth's own rate limits, which count over one minute each."""
    counters.RATE_LIMITED.labels("allauth").inc()
    return forbidden(request, TooFast(60))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404, always in the same words, so that missing and forbidden pages look the same."""
    return refuse(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500, or 503 while Postgres does not answer. Never loads the user: that could fail again."""
    error = sys.exc_info()[1]
    request.failure = logs.outage(error)  # for the line in the log
    if not isinstance(error, OperationalError | InterfaceError):
        return HttpResponse(render_to_string("500.html", {"request_id": logs.request_id()}), status=500)
    return away(request, reason_of(error))


def reason_of(error: BaseException | None) -> str:
    """The sentence for a statement that Postgres stopped, or for a full disk; an empty text for all other errors."""
    if not isinstance(error, OperationalError):
        return ""
    if isinstance(error.__cause__, psycopg.errors.DiskFull):
        return DISK_FULL
    stopped = psycopg.errors.QueryCanceled | psycopg.errors.LockNotAvailable
    return TOOK_TOO_LONG if isinstance(error.__cause__, stopped) else ""


def away(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 503 with Retry-After, without a query. `reason` replaces the sentence about the database."""
    context = {
        "reason": reason,
        "written": written_in(request),
        "texts": _texts,
        "token": get_token(request),
        "path": request.get_full_path() if request.method == "GET" else request.path,
        "request_id": logs.request_id(),
    }
    match = request.resolver_match
    # A view may name its own page, for example to say that a ballot was not counted.
    page = getattr(match.func if match else None, "away_template", "503.html")
    return HttpResponse(render_to_string(page, context), status=503, headers={"Retry-After": "5"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form from another site, or from before a sign-in in another tab."""
    if request.headers.get("Origin") != f"{request.scheme}://{request.get_host()}":
        # Never offer another site's text in a form of ours that one click would send.
        request.POST = QueryDict()
    if written_in(request):
        return refuse(request, 403, OPEN_TOO_LONG)
    return refuse(request, 403, "This form has expired. Go back, reload the page and send it again.")


def _sentence(exception: Exception) -> str:
    return str(exception.args[0]) if exception.args and isinstance(exception.args[0], str) else ""
