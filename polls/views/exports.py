from django.core.exceptions import PermissionDenied
from django.http import Http404, StreamingHttpResponse

from config.web.limits import limit
from polls.formats import WRITERS
from polls.transfer import export
from polls.views.finding import find_panel

# The file extension and the content type of each format.
FILES = {
    "csv": ("csv", "text/csv; charset=utf-8"),
    "json": ("json", "application/json"),
    "blt": ("blt", "text/plain; charset=utf-8"),
    "preference": ("cvotes", "text/plain; charset=utf-8"),
}
PACE = limit("poll-export", member="30/h", address="120/h")


def export_ballots(request, pk, form):
    """Send all ballots as a file. Viewers who may not see the results get 403."""
    panel = find_panel(request.user, pk)
    if form not in FILES:
        raise Http404
    if not panel.sees_results:
        raise PermissionDenied(
            "You can download the ballots as soon as you can see the results of this poll."
        )
    PACE.check(request)
    ending, kind = FILES[form]
    answer = StreamingHttpResponse(WRITERS[form](export.election(panel.poll)), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="poll-{panel.poll.pk}.{ending}"'
    return answer
