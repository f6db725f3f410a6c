"""The ways a view finds a poll: through the viewer, with what is due done."""

from functools import wraps

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string

from polls.box import Unsure
from polls.models import Poll
from polls.showing import Showing, has_voted, settle

AWAY = "polls/not_counted.html"


def find_poll(user, pk: int) -> Poll:
    """With its topic and options; closed if its time is over. 404 where missing or not theirs to see. Two
    queries."""
    if pk >= 2**63:
        raise Http404  # beyond Postgres's bigint there can be no row
    return settle(get_object_or_404(Poll.objects.visible_to(user).for_page(), pk=pk))


def find_showing(user, pk: int, **facts) -> Showing:
    """A poll as `user` sees it; one query more."""
    poll = find_poll(user, pk)
    return Showing(poll, user, voted=has_voted(poll, user), **facts)


def or_not_counted(view):
    """A view that answers 503 at once while Postgres is away, in a page drawn without it, and never pretends
    that anything was counted."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except (OperationalError, InterfaceError) as error:
            page = render_to_string(AWAY, {"unsure": isinstance(error, Unsure)})
            return HttpResponse(page, status=503, headers={"Retry-After": "5"})

    answer.away_template = AWAY  # for failures before the view, as when the viewer is fetched
    return answer
