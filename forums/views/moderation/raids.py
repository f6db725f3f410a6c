"""Remove a raid, and restore accounts that were removed by mistake."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from forums.models import BackgroundAct
from forums.moderation.acts import log
from forums.moderation.queue import raids
from forums.moderation.queue.forms import RaidForm
from forums.views.moderation.queue import for_moderators


@require_safe
@for_moderators
def show(request):
    """New accounts that have posted lately. `?minutes=` and `?days=` say what is new and lately."""
    log.check_permission(request.user, "spammer_removed")
    form = RaidForm({"minutes": 60, "days": 7} | request.GET.dict() | {"until": timezone.now().isoformat()})
    if not form.is_valid():
        raise BadRequest(form.first_error())
    raid = form.raid()
    suspects = list(raid.suspects())
    words = raids.last_words(suspects, request.user)
    context = {
        "form": form,
        "raid": raid,
        "suspects": [(member, words.get(member.pk)) for member in suspects],
        "written": sum(member.written for member in suspects),
        "recent": raids.recent(),
        "chosen": {"minutes": raids.WRITTEN.items(), "days": raids.JOINED.items()},
    }
    return render(request, "forums/queue/raid.html", context)


@require_POST
@for_moderators
def remove(request):
    """Remove the accounts on the page that the moderator has ticked, or with `others` all except those."""
    log.check_permission(request.user, "spammer_removed")
    form = RaidForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.first_error())
        return HttpResponseRedirect(reverse("raid-show"), status=303)
    ground = {"rule": form.cleaned_data["rule"], "reason": form.cleaned_data["reason"]}
    ticked = {int(pk) for pk in request.POST.getlist("ticked") if pk.isdecimal() and len(pk) < 19}
    removed = raids.remove(form.raid(), ticked, others="others" in request.POST, by=request.user, **ground)
    if isinstance(removed, BackgroundAct):
        return HttpResponseRedirect(removed.get_absolute_url(), status=303)
    if removed:
        messages.success(request, f"Removed {len(removed)} accounts and everything that they posted.")
    else:
        messages.error(request, "Nothing was removed. Tick the accounts to remove first.")
    return HttpResponseRedirect(reverse("raid-show"), status=303)


@require_POST
@for_moderators
def restore(request, key):
    """Restore all accounts of a raid."""
    log.check_permission(request.user, "spammer_restored")
    restored = raids.restore(key, by=request.user)
    if not restored:
        raise Http404
    if isinstance(restored, BackgroundAct):
        return HttpResponseRedirect(restored.get_absolute_url(), status=303)
    messages.success(request, f"Restored {len(restored)} accounts and everything that they posted.")
    return HttpResponseRedirect(reverse("raid-show"), status=303)
