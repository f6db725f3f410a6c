"""The moderators' queue: looking, claiming, deciding."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from accounts import second_factor
from forums import categories
from forums.models import Case
from forums.models.action import NotDone
from forums.queue import acts
from forums.queue.forms import DecisionForm
from forums.queue.pages import SIZE, Queue
from forums.views.finding import own_address


def for_moderators(view):
    """A page for those who moderate something, with the second factor that the site may ask of them."""

    @login_required
    @second_factor.demanded
    @wraps(view)
    def asking(request, *args, **kwargs):
        if not categories.moderates_any(request.user):
            raise PermissionDenied("Only moderators do this.")
        return view(request, *args, **kwargs)

    return asking


@require_safe
@for_moderators
def show(request):
    """What waits, oldest first: `?why=` of one kind, `?case=` one case with all its reports."""
    queue = Queue(request)
    # Looked up here: an address that cannot be would be nothing but an empty list to a template's "if".
    return render(request, "forums/queue/show.html", {"queue": queue, "entries": queue.entries})


@require_POST
@for_moderators
def claim(request, pk):
    """Keep others from deciding the same."""
    case = _find(request.user, pk)
    try:
        acts.claim(case, by=request.user)
    except NotDone as refused:
        messages.error(request, str(refused))
    return _back(request, case)


@require_POST
@for_moderators
def release(request, pk):
    case = _find(request.user, pk)
    case.release(request.user)
    return _back(request, case)


@require_POST
@for_moderators
def decide(request, pk, name):
    """One act about one case."""
    decision, case = _decision(name), _find(request.user, pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.refusal())
        return _back(request, case)
    try:
        action = acts.decide(case, decision, form.grounds(decision), by=request.user)
    except NotDone as refused:
        messages.error(request, str(refused))
        return _back(request, case)
    undo = format_html('{}. <a href="{}">See it, or undo it</a>', action.says, action.get_absolute_url())
    messages.success(request, undo)
    return _back(request)


@require_POST
@for_moderators
def decide_all(request, name):
    """One act about every chosen case, each by itself: what is refused stays, and is told."""
    decision, form = _decision(name), DecisionForm(request.POST)
    chosen = [pk for pk in request.POST.getlist("case")[:SIZE] if pk.isdecimal() and len(pk) < 19]
    if not form.is_valid():
        messages.error(request, form.refusal())
        return _back(request)
    cases = Case.objects.waiting_for(request.user).with_item().filter(pk__in=chosen)
    done, refusals = acts.decide_all(cases, decision, form.grounds(decision), by=request.user)
    for sentence in refusals:
        messages.error(request, sentence)
    messages.success(request, f"{decision.says}: {done} of {len(chosen)} chosen.")
    return _back(request)


def _find(user, pk) -> Case:
    return get_object_or_404(Case.objects.moderated_by(user).with_item(), pk=min(pk, 2**63 - 1))


def _decision(name) -> acts.Decision:
    if name not in acts.DECISIONS:
        raise Http404
    return acts.DECISIONS[name]


def _back(request, case=None):
    """To the page of the queue that the button was on; to the case, if it is still there."""
    page = own_address(request.POST.get("next", "")) or reverse("queue-show")
    return HttpResponseRedirect(f"{page}#case-{case.pk}" if case else page, status=303)
