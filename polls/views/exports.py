from django.core.exceptions import PermissionDenied
from django.http import Http404, StreamingHttpResponse

from config.limits import limit
from polls import export
from polls.formats import WRITERS
from polls.views.finding import find_showing

# Each format: the ending of the file and its type.
FILES = {
    "csv": ("csv", "text/csv; charset=utf-8"),
    "json": ("json", "application/json"),
    "blt": ("blt", "text/plain; charset=utf-8"),
    "preference": ("cvotes", "text/plain; charset=utf-8"),
}
PACE = limit("poll-export", member="30/h", address="120/h")


def export_ballots(request, pk, form):
    """All ballots as a file, for anyone who may see the results."""
    showing = find_showing(request.user, pk)
    if form not in FILES:
        raise Http404
    if not showing.sees_results:
        raise PermissionDenied("The ballots can be had by those who may see the results.")
    PACE.hold(request)
    ending, kind = FILES[form]
    answer = StreamingHttpResponse(WRITERS[form](export.election(showing.poll)), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="poll-{showing.poll.pk}.{ending}"'
    return answer
