"""Pending texts: authors read, withdraw and edit them, and moderators decide."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.sign_in import second_factor
from config.web.limits import limit
from forums.access import permissions
from forums.models import PendingPost
from forums.models.moderation.action import NotDone
from forums.moderation.acts import pending
from forums.moderation.forms import RequiredReasonForm

PACE = limit("pending", member="60/h", address="240/h")


@require_safe
@login_required
def show_list(request):
    """The pending and refused texts of the member."""
    posts = PendingPost.objects.to_be_read_by(request.user).with_place()[:100]
    return render(request, "forums/pending/list.html", {"pending_posts": posts})


@require_safe
@login_required
def show(request, pk):
    """One text, for its author and for moderators. Redirects to the comment once it is posted."""
    post = _find(request.user, pk)
    if second_factor.is_missing_for(request.user, post.author_id):
        return second_factor.redirect_to_setup(request)
    if post.comment_id:
        return HttpResponseRedirect(f"/comments/{post.comment_id}/")
    return render(request, "forums/pending/show.html", _context(request, post, RequiredReasonForm()))


@require_POST
@login_required
@PACE
def mend(request, pk):
    """Turn a refused text into a draft, and redirect to its form."""
    draft = _find_own(request.user, pk).back_to_draft()
    return HttpResponseRedirect(draft.get_absolute_url() if draft else reverse("draft-list"), status=303)


@require_POST
@login_required
@PACE
def withdraw(request, pk):
    """Delete one's own text for good. Doing it again is no error."""
    for post in PendingPost.objects.filter(pk=pk, author=request.user):
        post.withdraw()
    return HttpResponseRedirect("/held/", status=303)


@require_POST
@login_required
@second_factor.required
def approve(request, pk):
    """Post the text."""
    post = _find_to_decide(request.user, pk)
    try:
        pending.approve(post, by=request.user)
    except NotDone as refused:
        return _again(request, post, RequiredReasonForm(), str(refused))
    return HttpResponseRedirect(post.get_absolute_url(), status=303)


@require_POST
@login_required
@second_factor.required
def refuse(request, pk):
    """Refuse the text. Shows the form again if it has neither a rule nor a reason."""
    post = _find_to_decide(request.user, pk)
    form = RequiredReasonForm(request.POST)
    if not form.is_valid():
        return _again(request, post, form)
    try:
        pending.refuse(post, by=request.user, **form.cleaned_data)
    except NotDone as refused:
        return _again(request, post, form, str(refused))
    return HttpResponseRedirect(post.get_absolute_url(), status=303)


def answer(request, post):
    """The response to a member who has just sent a text that is now pending."""
    if "text/x-row" not in request.headers.get("Accept", ""):
        return HttpResponseRedirect(post.get_absolute_url(), status=303)
    page = render_to_string("forums/pending/show.html", _context(request, post, None), request)
    return HttpResponse(page, status=202)


def _find(user, pk):
    """The user's own text, or one that they may decide. Otherwise 404."""
    theirs = Q(author=user) | Q(pk__in=PendingPost.objects.moderated_by(user).values("pk"))
    post = PendingPost.objects.with_place().filter(theirs, pk=pk).first() if pk < 2**63 else None
    if post is None or post.is_withdrawn:
        raise Http404
    return post


def _find_own(user, pk):
    post = _find(user, pk)
    if post.author != user:
        raise PermissionDenied("Only its author does this.")
    return post


def _find_to_decide(user, pk):
    post = _find(user, pk)
    if not permissions.moderates(user, post.place):
        raise PermissionDenied("Only moderators do this.")
    return post


def _context(request, post, form):
    may_decide = post.is_pending and permissions.moderates(request.user, post.place)
    return {"pending_post": post, "may_decide": may_decide, "form": form}


def _again(request, post, form, sentence=""):
    context = _context(request, _find(request.user, post.pk), form) | {"sentence": sentence}
    return render(request, "forums/pending/show.html", context, status=409 if sentence else 400)
