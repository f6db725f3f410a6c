"""Finds the poll of a view: only if the viewer may see it, and opened or closed if its time has come."""

from functools import wraps

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string

from polls.ballots import voting
from polls.ballots.ballot_store import Unsure
from polls.models import Poll
from polls.results.panel import PollPanel, turn_over

AWAY = "polls/not_counted.html"


def find_poll(user, pk: int) -> Poll:
    """The poll with its topic and options. Opens or closes it first if its time has come. Two queries.

    Raises Http404 if it does not exist or `user` may not see it.
    """
    if pk >= 2**63:
        raise Http404  # too large for Postgres' bigint
    return turn_over(get_object_or_404(Poll.objects.visible_to(user).for_page(), pk=pk))


def find_panel(user, pk: int) -> PollPanel:
    """The poll as `user` sees it. One query more than `find_poll`."""
    poll = find_poll(user, pk)
    return PollPanel(poll, user, voted=voting.has_voted(poll, user))


def or_not_counted(view):
    """Make a view respond with 503 at once while Postgres is down. The page needs no database and does not claim that
    a ballot was counted."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except (OperationalError, InterfaceError) as error:
            page = render_to_string(AWAY, {"unsure": isinstance(error, Unsure)})
            return HttpResponse(page, status=503, headers={"Retry-After": "5"})

    answer.away_template = AWAY  # for failures before the view, for example when the viewer is loaded
    return answer
