import re
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from accounts.sign_in import blocks, second_factor
from config.caching import cache_tags, visitor_cache
from config.web.limits import limit
from forums.access import permissions
from forums.access.refusal import Refused
from forums.moderation.acts import editing
from forums.moderation.forms import EditOthersForm
from forums.posting import publish
from forums.posting.forms import EditForm
from forums.previews import fetching
from forums.reading import addresses, comment_html, revisions, topic_page
from forums.views import refusing
from forums.views.finding import back_to, find_comment, press


def show(request, pk):
    """Redirect a permalink to the page of the topic that has the comment, with the path to it open."""
    visitor_cache.depends_on(request, cache_tags.CATEGORIES, cache_tags.LISTS)
    comment = find_comment(request.user, pk)
    place = addresses.permalink(comment.topic, comment.path)
    query = f"?{urlencode(place)}" if place else ""
    return HttpResponseRedirect(f"{comment.topic.get_absolute_url()}{query}#comment-{comment.pk}")


@login_required
def show_menu(request, pk):
    """Show what else the member can do with a comment. Scripts open it in place. Two queries; 404 if it is gone."""
    user, comment = request.user, find_comment(request.user, pk)
    if comment.is_gone:
        raise Http404
    topic, url = comment.topic, comment.get_absolute_url()
    context = {
        "comment": comment,
        "topic": topic,
        "name": comment_html.name(comment),
        "url": url,
        "back": url,
        "is_own": comment.author_id == user.pk,
        "is_accepted": topic.accepted_id == pk,
        "level": user.watches.filter(comment=pk).values_list("level", flat=True).first(),
        "may_edit": permissions.may_edit(user, comment),
        "may_delete": permissions.may_delete(user, comment),
        "may_accept": permissions.may_accept(user, topic),
        "may_moderate": permissions.may_moderate(user, topic),
    }
    return render(request, "forums/comments/menu.html", context)


@login_required
@limit("edit", member="30/m", address="120/m")
def edit(request, pk):
    """Edit a comment, and with an opening the topic's title. The old text stays in the public history.

    Moderators who edit others' comments say why.
    """
    comment = find_comment(request.user, pk)
    if not permissions.may_edit(request.user, comment):
        why = "You can edit your own comments while the topic is open."
        raise PermissionDenied(permissions.why_not_now(request.user, comment.topic) or why)
    if second_factor.is_missing_for(request.user, comment.author_id):
        return second_factor.redirect_to_setup(request)
    if request.method == "POST" and (why := blocks.why_not_post(request)):
        raise PermissionDenied(why)
    is_own = comment.author_id == request.user.pk
    form = (EditForm if is_own else EditOthersForm)(
        request.POST or None, request.FILES or None, comment=comment, user=request.user
    )
    status = 400 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        form.warn(request)
        removed = form.take_previews()
        try:
            (publish.edit if is_own else editing.edit)(comment, by=request.user, **form.cleaned_data)
            for preview in removed:
                fetching.remove(preview)
            if "text/x-row" in request.headers.get("Accept", ""):  # the form is open on the topic's page
                return HttpResponse(topic_page.single(comment.topic, pk, request.user))
            return HttpResponseRedirect(comment.get_absolute_url(), status=303)
        except Refused as refused:
            status = refusing.show_in(form, refused, request)
    context = {"comment": comment, "topic": comment.topic, "form": form}
    return render(request, "forums/comments/edit.html", context, status=status)


def history(request, pk):
    """Show the history of a comment. 404 if it was deleted, or is hidden and the viewer does not moderate it."""
    visitor_cache.depends_on(request, cache_tags.CATEGORIES, cache_tags.LISTS, cache_tags.TEXTS)
    comment = find_comment(request.user, pk)
    if comment.is_deleted or (
        comment.is_hidden and not permissions.may_moderate(request.user, comment.topic)
    ):
        raise Http404
    if comment.is_hidden and second_factor.is_missing(request.user):
        return second_factor.redirect_to_setup(request)
    before = request.GET.get("before", "")
    if before and not re.fullmatch("[2-9]|[1-9][0-9]{1,8}", before):
        raise BadRequest("There is no such version of this comment. Please start at the newest one.")
    versions = revisions.of(comment, request.user, int(before) if before else None)
    older = f"?before={versions[-1].number}" if versions[-1].number > 1 else ""
    context = {"comment": comment, "topic": comment.topic, "versions": versions, "older": older}
    return render(request, "forums/comments/history.html", context)


@login_required
@limit("delete", member="30/m", address="120/m")
def delete(request, pk):
    """Ask for confirmation, then delete the member's own comment for good."""
    comment = find_comment(request.user, pk)
    if not permissions.may_delete(request.user, comment):
        why = "You can only delete your own comments, and this one may be gone already."
        raise PermissionDenied(permissions.why_not_now(request.user, comment.topic) or why)
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
    """Mark a comment as the accepted answer."""
    return _accept(request, pk, accepted=True)


@press
@limit("accept", member="60/m", address="240/m")
def unaccept(request, pk):
    return _accept(request, pk, accepted=False)


def _accept(request, pk, accepted):
    comment = find_comment(request.user, pk)
    if comment.is_opening or comment.is_gone or not permissions.may_accept(request.user, comment.topic):
        why = "Only the author of a topic can accept a reply as its answer."
        raise PermissionDenied(permissions.why_not_now(request.user, comment.topic) or why)
    if second_factor.is_missing_for(request.user, comment.topic.author_id):
        raise PermissionDenied(second_factor.ASKED)  # a button on a page cannot show the form for it
    try:
        comment.topic.accept(comment if accepted else None)
    except Refused as refused:
        return refusing.answer(request, refused)
    return back_to(request, comment, {"accepted": accepted})
