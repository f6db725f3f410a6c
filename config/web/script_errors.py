"""Receives the script errors of pages, which nobody else would see, and logs and counts them."""

import structlog
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from prometheus_client import Counter

from config.web.limits import limit

ERRORS = Counter("folkmoot_script_errors", "Script errors that pages have reported.")
FIELDS = {"message": 300, "stack": 1500, "page": 200}
"""The fields of a report, and how many characters of each are logged."""
log = structlog.get_logger("folkmoot.script_errors")


@csrf_exempt  # visitors have no token, and a report changes nothing
@require_POST
@limit("script-errors", member="10/m", address="30/m")
def report(request: HttpRequest) -> HttpResponse:
    """Log and count one script error. 403 for reports from pages of other sites."""
    own = f"{request.scheme}://{request.get_host()}"
    if request.headers.get("Origin", own) != own:
        raise PermissionDenied
    ERRORS.inc()
    said = {name: _line(request.POST.get(name, ""), most) for name, most in FIELDS.items()}
    log.warning("script error", browser=_line(request.headers.get("User-Agent", ""), 200), **said)
    return HttpResponse(status=204)


def _line(text: str, most: int) -> str:
    """Make one line of at most `most` characters. Control characters could forge or recolour lines of the log."""
    return "".join(character if character.isprintable() else " " for character in text[:most])
