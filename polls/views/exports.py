from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse

from config.web.limits import limit
from config.web.semaphores import semaphore
from forums.listing import wording
from polls.formats import WRITERS, spreadsheet
from polls.models.elector import roll
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


def export_roll(request, pk):
    """Send the roll of a secret poll that shows who voted: each member, and whether they are on it and voted."""
    panel = find_panel(request.user, pk)
    if not panel.poll.secret or not panel.shows_voters:
        raise Http404
    PACE.check(request)
    voted = set(panel.poll.voters.values_list("member_id", flat=True))
    on_roll = set(roll(panel.poll).values_list("pk", flat=True))
    members = get_user_model().objects.filter(pk__in=voted | on_roll).order_by("pk")
    rows = [(wording.name(member), int(member.pk in on_roll), int(member.pk in voted)) for member in members]
    table = spreadsheet.table(["member", "on the roll", "voted"], rows)
    answer = HttpResponse("".join(table), content_type=FILES["csv"][1])
    answer["Content-Disposition"] = f'attachment; filename="poll-{panel.poll.pk}-roll.csv"'
    return answer


def export_ballots(request, pk, form):
    """Send the ballots as a file, or one `?part=` of very many. Viewers who may not see the results get 403."""
    panel = find_panel(request.user, pk)
    if form not in FILES:
        raise Http404
    if not panel.sees_results:
        raise PermissionDenied(
            "You can download the ballots as soon as you can see the results of this poll."
        )
    parts = export.parts(panel.results.turnout)
    part = request.GET.get("part", "1")
    if part not in map(str, parts):
        raise Http404
    PACE.check(request)
    ending, kind = FILES[form]
    with semaphore("export", permits=1, seconds=5):
        answer = HttpResponse(
            "".join(WRITERS[form](export.election(panel.poll, int(part)))), content_type=kind
        )
    name = f"poll-{panel.poll.pk}{f'-{part}-of-{len(parts)}' if len(parts) > 1 else ''}.{ending}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
