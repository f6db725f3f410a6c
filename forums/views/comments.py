import re
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render

from accounts import blocks, second_factor
from config import sharing, stamps
from config.limits import limit
from forums import paths, permissions, revisions, screening
from forums.forms import EditForm
from forums.models.refusal import Refused
from forums.moderation import editing
from forums.reasons import EditOthersForm
from forums.views import refusing
from forums.views.finding import back_to, find_comment, press

NEAR = 10
"""Levels that a permalink shows above the comment it is for."""


def show(request, pk):
    """The permalink: leads to the page of the discussion on which the comment stands, with the path to it open."""
    sharing.depends(request, stamps.CATEGORIES, stamps.LISTS)
    comment = find_comment(request.user, pk)
    levels = paths.seqs(comment.path)
    place = {"focus": comment.seq}
    if len(levels) > NEAR:
        place["branch"] = levels[-NEAR]
    elif levels:
        place["from"] = levels[0]
    query = f"?{urlencode(place)}" if levels else ""
    return HttpResponseRedirect(f"{comment.topic.get_absolute_url()}{query}#comment-{comment.pk}")


@login_required
@limit("edit", member="30/m", address="120/m")
def edit(request, pk):
    """Change a text; what it was stays in its public history. A topic's title is edited with its opening. Moderators
    who edit others' say why."""
    comment = find_comment(request.user, pk)
    if not permissions.may_edit(request.user, comment):
        why = "You may edit what you wrote yourself, while the topic is open."
        raise PermissionDenied(permissions.why_silent(request.user) or why)
    if second_factor.is_missing_for(request.user, comment.author_id):
        return second_factor.ask_for_one(request)
    if request.method == "POST" and (why := blocks.why_not_post(request)):
        raise PermissionDenied(why)
    is_own = comment.author_id == request.user.pk
    form = (EditForm if is_own else EditOthersForm)(request.POST or None, comment=comment)
    status = 400 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            (screening.edit if is_own else editing.edit)(comment, by=request.user, **form.cleaned_data)
            return HttpResponseRedirect(comment.get_absolute_url(), status=303)
        except Refused as refused:
            status = refusing.show_in(form, refused, request)
    context = {"comment": comment, "topic": comment.topic, "form": form}
    return render(request, "forums/comments/edit.html", context, status=status)


def history(request, pk):
    """Show every text that the comment has had, and what changed. 404 for a deleted one, or a hidden one's readers."""
    sharing.depends(request, stamps.CATEGORIES, stamps.LISTS, stamps.TEXTS)
    comment = find_comment(request.user, pk)
    if comment.is_deleted or (
        comment.is_hidden and not permissions.may_moderate(request.user, comment.topic)
    ):
        raise Http404
    if comment.is_hidden and second_factor.is_missing(request.user):
        return second_factor.ask_for_one(request)
    asked = request.GET.get("before", "")
    if asked and not re.fullmatch("[2-9]|[1-9][0-9]{1,8}", asked):
        raise BadRequest("The address names a text of the history that cannot be.")
    versions = revisions.of(comment, request.user, int(asked) if asked else None)
    older = f"?before={versions[-1].number}" if versions[-1].number > 1 else ""
    context = {"comment": comment, "topic": comment.topic, "versions": versions, "older": older}
    return render(request, "forums/comments/history.html", context)


@login_required
@limit("delete", member="30/m", address="120/m")
def delete(request, pk):
    """Asks first, then takes one's own comment away for good."""
    comment = find_comment(request.user, pk)
    if not permissions.may_delete(request.user, comment):
        raise PermissionDenied("You may delete what you wrote yourself, and only once.")
    if request.method == "POST":
        comment.delete_by_author()
        topic = comment.topic
        topic.refresh_from_db(fields=["deleted_at"])
        gone = topic.category if topic.deleted_at else topic if not comment.descendants else comment
        return HttpResponseRedirect(gone.get_absolute_url(), status=303)
    return render(request, "forums/comments/delete.html", {"comment": comment, "topic": comment.topic})


@press
@limit("accept", member="60/m", address="240/m")
def accept(request, pk):
    """Say that this comment answered the topic."""
    return _accept(request, pk, accepted=True)


@press
@limit("accept", member="60/m", address="240/m")
def unaccept(request, pk):
    return _accept(request, pk, accepted=False)


def _accept(request, pk, accepted):
    comment = find_comment(request.user, pk)
    if comment.is_opening or comment.is_gone or not permissions.may_accept(request.user, comment.topic):
        raise PermissionDenied("Who opened a topic says which reply answered it.")
    if second_factor.is_missing_for(request.user, comment.topic.author_id):
        raise PermissionDenied(second_factor.ASKED)  # a press has no page to lead on from
    try:
        comment.topic.accept(comment if accepted else None)
    except Refused as refused:
        return refusing.answer(request, refused)
    return back_to(request, comment, {"accepted": accepted})
