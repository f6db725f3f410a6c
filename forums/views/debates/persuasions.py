"""What changed minds: the form for a member who changed sides, and the page of a comment that moved members."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render

from forums.access import permissions
from forums.debates.persuasion_form import PersuasionForm
from forums.debates.summary import described
from forums.models import Persuasion
from forums.models.debates import persuasion
from forums.views.debates.debates import TAKING_SIDES, find_debate
from forums.views.finding import find_comment

NAMES = 50
"""Members who agreed to be named, at most, on the page of a comment."""


@login_required
@TAKING_SIDES
def name(request, pk):
    """Name the comments that moved the member in their last change of side, or withdraw them."""
    debate = find_debate(request.user, pk)
    change = persuasion.last_change(debate, request.user)
    if change is None:
        raise PermissionDenied("Once you have changed sides, you can say here which comments moved you.")
    if not permissions.may_speak(request.user):
        raise PermissionDenied(permissions.why_silent(request.user))
    form = PersuasionForm(request.POST if request.method == "POST" else None, change=change)
    if form.is_valid():
        given = form.cleaned_data
        Persuasion.objects.replace(change, given["named"], is_named=given["is_named"])
        return HttpResponseRedirect(f"{debate.topic.get_absolute_url()}#debate", status=303)
    context = {"form": form, "topic": debate.topic, "change": change}
    return render(request, "forums/debates/moved.html", context, status=400 if form.errors else 200)


def show(request, pk):
    """Show from which side to which a comment moved members, and the names of those who agreed."""
    comment = find_comment(request.user, pk)
    if comment.is_gone or comment.persuaded < comment.SHOWN_FROM:
        raise Http404
    named = comment.persuasions.filter(is_named=True).select_related("member").order_by("pk")
    context = {
        "comment": comment,
        "directions": described(comment.persuasions.directions()),
        "members": [each.member for each in named[:NAMES]],
    }
    return render(request, "forums/debates/moved_by.html", context)
