"""Every refusal in the page's own look: templates/<status>.html, with a sentence and a way on.

Where somebody had written something, the page is templates/again.html: their text, in a form that sends it again.
"""

import sys

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django_ratelimit.exceptions import Ratelimited

from config.limits import TooFast

OPEN_TOO_LONG = "This form had been open too long. Your text is below: look at it, then send it again."
TEXTS = ("body", "wordings", "bio", "words", "reason")
"""Fields in which members write at length."""


def refuse(request: HttpRequest, status: int, reason: str = "") -> HttpResponse:
    """The page for `status`, with `reason` instead of the usual sentence."""
    template = "again.html" if (written := written_in(request)) else f"{status}.html"
    context = {"reason": reason, "status": status, "written": written, "texts": TEXTS}
    return HttpResponse(render_to_string(template, context, request), status=status)


def written_in(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of the form that was sent, if somebody wrote a text in it."""
    try:
        posted = request.POST
    except (SuspiciousOperation, MultiPartParserError):
        return []
    if not any(posted.get(name, "").strip() for name in TEXTS):
        return []
    secret = ("csrfmiddlewaretoken", "password")
    fields = [(name, value) for name, values in posted.lists() for value in values]
    return [(name, value) for name, value in fields if not any(word in name for word in secret)]


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 where the body was too big. Only a BadRequest speaks to people."""
    if isinstance(exception, RequestDataTooBig):
        return refuse(request, 413)
    return refuse(request, 400, _sentence(exception) if isinstance(exception, BadRequest) else "")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 with the exception's own sentence, if it has one; 429 for who went over a limit."""
    if isinstance(exception, Ratelimited):
        request.retry_after = getattr(exception, "wait", 60)
        return refuse(request, 429, _sentence(exception))
    return refuse(request, 403, _sentence(exception))


def too_many(request: HttpRequest) -> HttpResponse:
    """429 for what allauth counts by itself, over a minute each."""
    return forbidden(request, TooFast(60))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, always in the same words: missing and forbidden look the same."""
    return refuse(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 while Postgres is away; drawn without asking who is there."""
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return HttpResponse(render_to_string("500.html"), status=500)
    context = {
        "written": written_in(request),
        "texts": TEXTS,
        "token": get_token(request),
        "path": request.path,
    }
    match = request.resolver_match
    # A view may have its own words for it, such as that a ballot was not counted.
    page = getattr(match.func if match else None, "away_template", "503.html")
    return HttpResponse(render_to_string(page, context), status=503, headers={"Retry-After": "5"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from another site, or from before a sign-in in another tab."""
    if request.headers.get("Origin") != f"{request.scheme}://{request.get_host()}":
        # A stranger's text must not come back in a form of ours that needs one click to be sent.
        request.POST = QueryDict()
    if written_in(request):
        return refuse(request, 403, OPEN_TOO_LONG)
    return refuse(request, 403, "This form has expired. Go back, reload the page and send it again.")


def _sentence(exception: Exception) -> str:
    return str(exception.args[0]) if exception.args and isinstance(exception.args[0], str) else ""
