"""Every refusal in the page's own look: templates/<status>.html, with a sentence and a way on."""

from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django_ratelimit.exceptions import Ratelimited


def refuse(request: HttpRequest, status: int, reason: str = "") -> HttpResponse:
    """The page for `status`, with `reason` instead of the usual sentence."""
    return HttpResponse(render_to_string(f"{status}.html", {"reason": reason}, request), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 where the body was too big. Only a BadRequest speaks to people."""
    if isinstance(exception, RequestDataTooBig):
        return refuse(request, 413)
    return refuse(request, 400, _sentence(exception) if isinstance(exception, BadRequest) else "")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 with the exception's own sentence, if it has one; 429 for who went over a limit."""
    if isinstance(exception, Ratelimited):
        answer = refuse(request, 429)
        answer["Retry-After"] = getattr(exception, "wait", 60)
        return answer
    return refuse(request, 403, _sentence(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, always in the same words: missing and forbidden look the same."""
    return refuse(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, drawn without asking who is there: Postgres may be what failed."""
    return HttpResponse(render_to_string("500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from another site, or from before a sign-in in another tab."""
    return refuse(request, 403, "This form has expired. Go back, reload the page and send it again.")


def _sentence(exception: Exception) -> str:
    return str(exception.args[0]) if exception.args and isinstance(exception.args[0], str) else ""
