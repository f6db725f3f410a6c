"""The moderators' queue: list cases, claim them and decide them."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from accounts.sign_in import second_factor
from forums.listing import categories
from forums.models import BackgroundAct, Case
from forums.models.moderation.action import NotDone
from forums.moderation.queue import decision_options
from forums.moderation.queue.forms import DecisionForm
from forums.moderation.queue.pages import SIZE, Queue
from forums.views.finding import own_address


def for_moderators(view):
    """Decorates a view for moderators of the site or of a category, with the second factor if the site requires it."""

    @login_required
    @second_factor.required
    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if not categories.moderates_any(request.user):
            raise PermissionDenied("Only moderators do this.")
        return view(request, *args, **kwargs)

    return wrapped


@require_safe
@for_moderators
def show(request):
    """The open cases, the oldest first. `?why=` selects one origin, `?case=` one case with all its reports."""
    queue = Queue(request)
    # Evaluated here, because a template's "if" would turn an error for a bad address into an empty list.
    return render(request, "forums/queue/show.html", {"queue": queue, "entries": queue.entries})


@require_POST
@for_moderators
def claim(request, pk):
    """Keep other moderators from deciding the case."""
    case = _find(request.user, pk)
    try:
        decision_options.claim(case, by=request.user)
    except NotDone as refused:
        messages.error(request, str(refused))
    return _back(request, case)


@require_POST
@for_moderators
def release(request, pk):
    """Give up a claim."""
    case = _find(request.user, pk)
    case.release(request.user)
    return _back(request, case)


@require_POST
@for_moderators
def decide(request, pk, name):
    """Decide one case."""
    decision, case = _decision(name), _find(request.user, pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.first_error())
        return _back(request, case)
    try:
        action = decision_options.decide(case, decision, form.grounds(decision), by=request.user)
    except NotDone as refused:
        messages.error(request, str(refused))
        return _back(request, case)
    if isinstance(action, BackgroundAct):
        return HttpResponseRedirect(action.get_absolute_url(), status=303)
    undo = format_html('{}. <a href="{}">See or undo it</a>', action.says, action.get_absolute_url())
    messages.success(request, undo)
    return _back(request)


@require_POST
@for_moderators
def decide_all(request, name):
    """Decide every chosen case, each by itself. Refused cases stay open, and a message says why."""
    decision, form = _decision(name), DecisionForm(request.POST)
    chosen = [pk for pk in request.POST.getlist("case")[:SIZE] if pk.isdecimal() and len(pk) < 19]
    if not form.is_valid():
        messages.error(request, form.first_error())
        return _back(request)
    cases = Case.objects.pending_for(request.user).with_item().filter(pk__in=chosen)
    done, refusals = decision_options.decide_all(cases, decision, form.grounds(decision), by=request.user)
    for sentence in refusals:
        messages.error(request, sentence)
    messages.success(request, f"{decision.says}: {done} of {len(chosen)} chosen.")
    for pending in BackgroundAct.objects.pending().filter(by=request.user):
        messages.info(
            request, format_html('<a href="{}">One of them goes on</a>', pending.get_absolute_url())
        )
    return _back(request)


def _find(user, pk) -> Case:
    return get_object_or_404(Case.objects.moderated_by(user).with_item(), pk=min(pk, 2**63 - 1))


def _decision(name) -> decision_options.Decision:
    if name not in decision_options.DECISIONS:
        raise Http404
    return decision_options.DECISIONS[name]


def _back(request, case=None):
    """Redirect to the page of the queue that the button was on, or to the case on it."""
    page = own_address(request.POST.get("next", "")) or reverse("queue-show")
    return HttpResponseRedirect(f"{page}#case-{case.pk}" if case else page, status=303)
