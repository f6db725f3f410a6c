"""The moderators' page of a member: sanctions, notes and similar accounts."""

from datetime import timedelta
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Sanction, User
from accounts.models.sanction import may_be_sanctioned
from accounts.sign_in import device_history, second_factor
from forums.access import permissions
from forums.models import BackgroundAct
from forums.models.moderation.action import NotDone
from forums.moderation import long_acts
from forums.moderation.acts import members, spam
from forums.moderation.declarations import LENGTHS, LENGTHS_OR_FOR_GOOD
from forums.moderation.forms import NoteForm, RequiredReasonForm, TimedSanctionForm
from forums.moderation.queue import member_history
from forums.views.refusing import shows_refusals

SHOWN = 50
"""The most sanctions, notes and addresses on the page, the newest first."""


def _for_site_moderators(view):
    """Decorates a view for moderators of the whole site, because only they may see notes and addresses."""

    @shows_refusals
    @login_required
    @second_factor.required
    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if not permissions.is_moderator(request.user):
            raise PermissionDenied("Only moderators of the site do this.")
        return view(request, *args, **kwargs)

    return wrapped


@require_safe
@_for_site_moderators
def show(request, name):
    return _show(request, _find(name))


@require_POST
@_for_site_moderators
def add_note(request, name):
    member = _find(name)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _show(request, member, {"note": form}, 400)
    members.note(member, by=request.user, text=form.cleaned_data["text"])
    return _back(member, "notes")


@require_POST
@_for_site_moderators
def impose(request, name, kind):
    """Warn, silence or suspend. Shows the form again if it has neither a rule nor a reason."""
    if kind not in Sanction.Kind:
        raise Http404
    member = _find(name)
    form = _forms(request.POST, kind)[kind]
    if not form.is_valid():
        return _show(request, member, {kind: form}, 400)
    said = dict(form.cleaned_data)
    if days := said.pop("days", 0):
        said["until"] = timezone.now() + timedelta(days=days)
    action = members.impose(member, kind, by=request.user, **said)
    messages.success(request, f"{action.says}.")
    return _back(member, "sanctions")


@require_POST
@_for_site_moderators
def finish_removal(request, name):
    """Continue the interrupted removal of a spammer."""
    member = _find(name)
    if spam.interrupted_removal(member) is None:
        raise NotDone("Everything that this member posted is hidden already.")
    removed = long_acts.REMOVE_ALL([member], by=request.user)
    if isinstance(removed, BackgroundAct):
        return HttpResponseRedirect(removed.get_absolute_url(), status=303)
    messages.success(request, "Everything that they posted is hidden now.")
    return _back(member, "sanctions")


@require_POST
@_for_site_moderators
def lift(request, pk):
    """End a sanction before its time."""
    sanction = get_object_or_404(Sanction.objects.select_related("member"), pk=min(pk, 2**63 - 1))
    if members.lift(sanction, by=request.user):
        messages.success(request, "Lifted.")
    return _back(sanction.member, "sanctions")


def _find(name):
    return get_object_or_404(User.objects.for_request().named(name))


def _back(member, part):
    page = reverse("member-moderate", args=[member.username])
    return HttpResponseRedirect(f"{page}#{part}", status=303)


def _forms(data=None, kind=""):
    """One form for each kind of sanction. The form of `kind` is bound to `data`."""
    sent = {each: data if each == kind else None for each in Sanction.Kind.values}
    return {
        "warning": RequiredReasonForm(sent["warning"], auto_id="warning-%s"),
        "silence": TimedSanctionForm(sent["silence"], lengths=list(LENGTHS.items()), auto_id="silence-%s"),
        "suspension": TimedSanctionForm(
            sent["suspension"], lengths=list(LENGTHS_OR_FOR_GOOD.items()), auto_id="suspension-%s"
        ),
    }


def _show(request, member, refused=None, status=200):
    may = member != request.user and may_be_sanctioned(member)
    forms = {"note": NoteForm(auto_id="note-%s"), **_forms()} | (refused or {})
    context = {
        "member": member,
        "history": member_history.of({member.pk}, request.user, notes=False)[member.pk],
        "sanctions": member.sanctions.select_related("by").order_by("-at")[:SHOWN],
        "notes": member.notes.select_related("by").order_by("-at")[:SHOWN],
        "look_alikes": device_history.look_alikes(member),
        "footprints": member.footprints.order_by("-last_at")[:SHOWN],
        "removal": spam.interrupted_removal(member),
        "note_form": forms["note"],
        "forms": [(kind, kind.label, forms[kind]) for kind in Sanction.Kind] if may else [],
        "refused": set(refused or ()),
    }
    return render(request, "forums/members/moderate.html", context, status=status)
