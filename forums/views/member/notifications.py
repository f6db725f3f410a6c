from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from config.web.limits import limit
from forums.notifications import unread
from forums.notifications.inbox import Groups


@login_required
def show_list(request):
    """Show the member's notifications by topic. Most stay unread until the member opens what they lead to."""
    unread.correct(request.user)
    groups = Groups(request)
    unread.mark_list_read(request.user, groups)
    return render(request, "forums/notifications/list.html", {"groups": groups})


@require_safe
@login_required
def count(request):
    """Answer the number of unread notifications, for pages without a WebSocket. No query but the member's own."""
    return JsonResponse({"unread": request.user.unread_notifications}, headers={"Cache-Control": "no-store"})


@require_POST
@login_required
@limit("read-notifications", member="60/m", address="600/m")
def mark_all_read(request):
    """Mark all notifications as read."""
    unread.mark_all_read(request.user)
    return HttpResponseRedirect(reverse("notification-list"), status=303)
