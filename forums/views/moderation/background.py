"""The progress and the result of an act of moderation that runs as a task."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.sign_in import second_factor
from forums.models import BackgroundAct
from forums.moderation import background

REFRESH = 2
"""Seconds after which the browser loads the page again, also without scripts."""


@require_safe
@login_required
@second_factor.required
def show(request, pk):
    """An act that the viewer has asked for. Other viewers get a 404."""
    asked = get_object_or_404(BackgroundAct, pk=min(pk, 2**63 - 1), by=request.user)
    context = {"asked": asked, "title": background.KINDS[asked.kind].title}
    response = render(request, "forums/moderation/background.html", context)
    response.headers["Cache-Control"] = "no-store"
    if asked.is_pending:
        response.headers["Refresh"] = REFRESH
    return response
