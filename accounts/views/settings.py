"""The settings pages of a member."""

from allauth.account.utils import get_next_redirect_url
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.forms.preferences import PreferencesForm
from accounts.forms.profile import ProfileForm
from accounts.models import User
from accounts.models.user import time_zones
from accounts.registries import access_signals
from accounts.sign_in import sessions
from config.caching import cache_tags
from config.web.limits import limit

PREFERENCES_PACE = limit("preferences", member="60/h", address="240/h")


@require_safe
@login_required
def hub(request):
    return render(request, "accounts/settings/show.html")


@login_required
@limit("profile", member="30/h", address="120/h")
def profile(request):
    form = ProfileForm(request.POST or None, request.FILES or None, instance=_own_row(request))
    if request.method == "POST" and form.is_valid():
        form.save()
        cache_tags.invalidate(cache_tags.of_member(request.user.username))
        messages.success(request, "Your profile is saved.")
        return redirect("settings-profile")
    return render(request, "accounts/settings/profile.html", {"form": form}, status=_status(form))


@login_required
@PREFERENCES_PACE
def preferences(request):
    form = PreferencesForm(request.POST or None, instance=_own_row(request))
    if request.method == "POST" and form.is_valid():
        form.save()
        if "show_presence" in form.changed_data:
            access_signals.changed(request.user)  # open pages would still show them as reading or writing
        messages.success(request, "Your preferences are saved.")
        return redirect("settings-preferences")
    return render(request, "accounts/settings/preferences.html", {"form": form}, status=_status(form))


@require_POST
@login_required
@PREFERENCES_PACE
def save_time_zone(request):
    """Save the zone of the member's device, which a script has offered because it differs."""
    zone = request.POST.get("time_zone")
    if zone not in time_zones():
        raise BadRequest("This site does not know that time zone. Please choose one in your preferences.")
    User.objects.filter(pk=request.user.pk).update(time_zone=zone)
    messages.success(request, f"Times are shown in {zone.replace('_', ' ')} from now on.")
    return redirect(get_next_redirect_url(request) or "settings-preferences")


@require_safe
@login_required
def ignored(request):
    """The members that the viewer ignores. At most MOST_IGNORED, so not paginated."""
    ignores = request.user.ignores.select_related("ignored").order_by("-created_at")
    return render(request, "accounts/settings/ignored.html", {"ignores": ignores})


@require_safe
@login_required
def show_standing(request):
    """The viewer's limits and sanctions. There are few sanctions, so the list is not paginated."""
    limits = {
        "links": settings.NEW_LINKS,
        "mentions": settings.NEW_MENTIONS,
        "posts": settings.NEW_POSTS_A_DAY,
        "topics": settings.NEW_TOPICS_A_DAY,
        "links_wait": settings.HOLD_LINKS_OF_NEW,
        "first_wait": settings.HOLD_FIRST_POSTS,
    }
    context = {"sanctions": request.user.sanctions.order_by("-at"), "limits": limits}
    return render(request, "accounts/settings/standing.html", context)


@require_POST
@login_required
def end_session(request, pk):
    """Sign out one of the viewer's own devices. 404 for another member's device."""
    sessions.end([get_object_or_404(UserSession, user=request.user, pk=pk)])
    messages.success(request, "That device is signed out.")
    return redirect("usersessions_list")


def _own_row(request) -> User:
    """A second instance of the viewer. A refused form must not change the name in the page header. One query."""
    return User.objects.get(pk=request.user.pk)


def _status(form) -> int:
    return 422 if form.is_bound and form.errors else 200
