"""Every refusal in the page's own look: a number, a sentence, and a way on."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django_ratelimit.exceptions import Ratelimited

SENTENCES = {
    400: "Something in this request does not make sense to us.",
    403: "You may not do this.",
    404: "There is nothing here, or nothing that you may see.",
    413: "This is more than we can take in one piece.",
    429: "That was a little fast. Please wait a moment and try again.",
    500: "Something went wrong on our side. It has been written down and will be looked at.",
}


def refuse(request: HttpRequest, status: int, sentence: str = "") -> HttpResponse:
    """The page for `status`, with `sentence` instead of the usual one."""
    context = {"status": status, "sentence": sentence or SENTENCES[status]}
    return HttpResponse(render_to_string(f"{status}.html", context, request), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 where Django found the body too big."""
    return refuse(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


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
    return refuse(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from another site, or from before a sign-in in another tab."""
    return refuse(request, 403, "This form has expired. Go back, reload the page and send it again.")


def _sentence(exception: Exception) -> str:
    return str(exception.args[0]) if exception.args and isinstance(exception.args[0], str) else ""
