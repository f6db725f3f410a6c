"""Appeals: the member concerned writes one, and a moderator who did not do the act decides."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.sign_in import second_factor
from config.web.limits import limit
from forums.listing import categories
from forums.listing.paging import NEWEST, Pages
from forums.models import Action, Appeal, BackgroundAct
from forums.moderation import appeals, public_log
from forums.moderation.forms import AppealForm, DecisionForm
from forums.views.refusing import shows_refusals


def _asked_of_moderators(view):
    """Decorates a view: moderators need the second factor, also to read, if the site requires it."""

    @login_required
    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if second_factor.is_missing(request.user) and categories.moderates_any(request.user):
            return second_factor.redirect_to_setup(request)
        return view(request, *args, **kwargs)

    return wrapped


@_asked_of_moderators
def show_list(request):
    """The member's own appeals, and for moderators also those that they may decide."""
    own = Appeal.objects.filter(by=request.user).with_context()
    pages = Pages(request, own, NEWEST)
    pending = Appeal.objects.pending().moderated_by(request.user).with_context().order_by("created_at", "pk")
    to_decide = appeals.to_decide(request.user, pending[:100])
    return render(request, "forums/appeals/list.html", {"pages": pages, "to_decide": to_decide})


@shows_refusals
@login_required
@limit("appeal", member="10/h", address="30/h")
def new(request, pk):
    """Appeal against an act of moderation."""
    action = _find_action(pk)
    if not action.concerns(request.user):
        raise PermissionDenied("Only the member whom this concerns can appeal.")
    if why_not := appeals.why_not(request.user, action):
        raise appeals.NotDone(why_not)
    form = AppealForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        appeal = appeals.appeal(action, by=request.user, words=form.cleaned_data["words"])
        return HttpResponseRedirect(appeal.get_absolute_url(), status=303)
    context = {"entry": public_log.Entry(action, request.user), "action": action, "form": form}
    return render(request, "forums/appeals/new.html", context, status=400 if form.errors else 200)


@shows_refusals
@never_cache
@limit("appeal", member="10/h", address="30/h")
def from_outside(request, key):
    """Appeal without signing in, and see the decision. Suspended members get the key when they try to sign in."""
    action = appeals.by_key(key)
    if action is None:
        raise Http404
    member = action.member
    appeal = Appeal.objects.filter(action=action, by=member).with_context().first()
    form = AppealForm(request.POST if request.method == "POST" else None)
    if appeal is None and (why_not := appeals.why_not(member, action)):
        raise appeals.NotDone(why_not)
    if appeal is None and request.method == "POST" and form.is_valid():
        appeals.appeal(action, by=member, words=form.cleaned_data["words"])
        return HttpResponseRedirect(request.path, status=303)
    context = {"entry": public_log.Entry(action, member), "appeal": appeal, "form": form}
    return render(request, "forums/appeals/outside.html", context, status=400 if form.errors else 200)


@_asked_of_moderators
def show(request, pk):
    return _show(request, _find(request.user, pk), DecisionForm())


def _show(request, appeal, form):
    context = {
        "appeal": appeal,
        "entry": public_log.Entry(appeal.action, request.user),
        "may_decide": not appeal.is_decided and appeals.may_decide(request.user, appeal),
        "form": form,
    }
    return render(request, "forums/appeals/show.html", context, status=400 if form.errors else 200)


def _decides(decide):
    @require_POST
    @shows_refusals
    @login_required
    @second_factor.required
    def view(request, pk):
        appeal = _find(request.user, pk)
        form = DecisionForm(request.POST)
        if not form.is_valid():
            return _show(request, appeal, form)
        decided = decide(appeal, by=request.user, **form.cleaned_data)
        shown = decided if isinstance(decided, BackgroundAct) else appeal
        return HttpResponseRedirect(shown.get_absolute_url(), status=303)

    return view


grant, refuse = _decides(appeals.grant), _decides(appeals.refuse)


def _find(user, pk):
    """The user's own appeal, or one in a category that they moderate. Otherwise 404."""
    if pk >= 2**63:
        raise Http404
    theirs = Q(by=user) | Q(pk__in=Appeal.objects.moderated_by(user).values("pk"))
    return get_object_or_404(Appeal.objects.filter(theirs).with_context(), pk=pk)


def _find_action(pk):
    if pk >= 2**63:
        raise Http404
    return get_object_or_404(Action.objects.with_context(), pk=pk)
