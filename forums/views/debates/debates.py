from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.sign_in import second_factor
from config.caching import cache_tags, visitor_cache
from config.web.limits import limit
from forums.access import permissions
from forums.access.refusal import Refused
from forums.debates import calendar, panel, scheduling, transitions
from forums.debates.forms import DebateForm, QuestionForm
from forums.models import Debate, Side, SlowMode
from forums.models.debates.debate import NotNow
from forums.models.debates.side import SidesClosed
from forums.moderation.acts import debates as moderation
from forums.views import refusing
from forums.views.finding import find_topic, sign_in_first

HOSTING = limit("debate", member="60/h", address="120/h")
TAKING_SIDES = limit("side", member="30/m", address="300/m")
REMINDING = limit("remind", member="30/m", address="300/m")


def find_debate(user, pk: int) -> Debate:
    """Load the debate with its topic, begin or end it if its time has come. Raises Http404. Two queries."""
    topic = find_topic(user, pk)
    if transitions.apply_due(topic):
        topic = find_topic(user, pk)
    debate = panel.of(topic)
    if debate is None:
        raise Http404
    return debate


def _press(view):
    """Wrap what a button of the panel does: for members, by POST; see `finding.press`.

    Scripts get the debate's facts as live updates have them: what changed since the topic was loaded.
    """

    @wraps(view)
    def pressed(request, pk, **kwargs):
        debate = find_debate(request.user, pk)
        if not request.user.is_authenticated:
            return sign_in_first(_panel(debate), request)
        if request.method == "POST":
            before = debate.topic.version
            view(request, debate, **kwargs)
            if "application/json" in request.headers.get("Accept", ""):
                debate.topic.refresh_from_db(fields=["version"])
                return JsonResponse(panel.facts(debate.topic, before))
        return HttpResponseRedirect(_panel(debate), status=303)

    return pressed


def _verb(view):
    """Wrap what hosts and moderators do. It redirects to the panel, or answers 409 if the debate's state forbids it."""

    def act(request, pk):
        debate = find_debate(request.user, pk)
        if _lacks_factor(request, debate.announced_by_id):
            return second_factor.redirect_to_setup(request)
        try:
            view(request, debate)
        except Refused as refused:
            return refusing.answer(request, refused)
        return HttpResponseRedirect(_panel(debate), status=303)

    return require_POST(login_required(HOSTING(act)))


@login_required
@HOSTING
def edit(request, pk):
    """Announce a debate of a topic, or change the existing one."""
    topic = find_topic(request.user, pk)
    debate = panel.of(topic)
    if debate is None and not permissions.may_announce(request.user, topic):
        raise PermissionDenied(
            "Moderators can announce a debate. You can too, in a topic that you opened and nobody has answered."
        )
    if debate and (debate.is_over or not permissions.may_host(request.user, debate)):
        raise PermissionDenied(
            "Only the member who announced it and moderators can change a debate, until its end."
        )
    if _lacks_factor(request, debate.announced_by_id if debate else topic.author_id):
        return second_factor.redirect_to_setup(request)
    form = DebateForm(request.POST or None, debate=debate, initial=_initial(topic, debate))
    status = 400 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            scheduling.schedule(topic, debate, by=request.user, **form.cleaned_data)
            return HttpResponseRedirect(f"{topic.get_absolute_url()}#debate", status=303)
        except Refused as refused:
            status = refusing.show_in(form, refused, request)
    context = {"form": form, "topic": topic, "debate": debate}
    context["may_moderate"] = permissions.may_moderate(request.user, topic)
    return render(request, "forums/debates/edit.html", context, status=status)


@_verb
def ask(request, debate):
    """Pin another question."""
    form = QuestionForm(request.POST)
    if not permissions.may_host(request.user, debate):
        raise PermissionDenied("Only the member who announced the debate and moderators can pin a question.")
    if not form.is_valid():
        raise NotNow(form.errors["question"][0])
    scheduling.ask(debate, form.cleaned_data["question"], by=request.user)


@_verb
def end(request, debate):
    """End it before its time. Only moderators may do it, also in others' debates, because it locks the topic."""
    moderation.end(debate, by=request.user)


@_verb
def cancel(request, debate):
    """Cancel it before it begins."""
    if not permissions.may_host(request.user, debate):
        raise PermissionDenied("Only the member who announced the debate and moderators can call it off.")
    if debate.announced_by_id == request.user.pk:
        debate.cancel()
    else:
        moderation.cancel(debate, by=request.user)


@_press
@TAKING_SIDES
def take_side(request, debate, stand):
    """Take a side."""
    if not permissions.may_take_side(request.user, debate):
        why = "This debate is over, so sides cannot change any more."
        raise PermissionDenied(permissions.why_silent(request.user) or why)
    try:
        Side.objects.choose(debate, member=request.user, stand=stand)
    except SidesClosed as reason:
        raise PermissionDenied(str(reason)) from None


@_press
@REMINDING
def remind(request, debate):
    """Ask for a reminder."""
    debate.reminders.get_or_create(member=request.user)


@_press
@REMINDING
def forget(request, debate):
    """Cancel the reminder."""
    debate.reminders.filter(member=request.user).delete()


def show_calendar(request, pk):
    """Download the debate as a file for calendars."""
    visitor_cache.depends_on(request, cache_tags.CATEGORIES, cache_tags.of_topic(pk))
    debate = find_debate(request.user, pk)
    answer = HttpResponse(calendar.file(debate), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="debate-{debate.pk}.ics"'
    return answer


def _lacks_factor(request, host):
    """Return whether a moderator needs a second factor first, which the site may demand for others' debates."""
    return host != request.user.pk and second_factor.is_missing(request.user)


def _panel(debate):
    return f"{debate.topic.get_absolute_url()}#debate"


def _initial(topic, debate):
    if debate is None:
        return {}
    initial = {name: getattr(debate, name) for name in ("starts_at", "ends_at", "question")}
    mode = SlowMode.objects.filter(topic=topic, branch=None).first()
    return initial | ({"seconds": mode.seconds, "scope": mode.scope} if mode else {})
