"""Members report items that break a rule, and see the decisions."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render

from accounts.models import User
from config.web.limits import limit
from forums.access import permissions
from forums.listing.paging import NEWEST, Pages
from forums.models import Report
from forums.moderation.forms import ReportForm
from forums.moderation.reports import report
from forums.views.finding import find_comment, find_topic
from forums.views.refusing import shows_refusals


def _find_member(user, name):
    return get_object_or_404(User.objects.visible_to(user).named(name))


def _reports(find, kind):
    """A view that reports the item that `find` returns."""

    @shows_refusals
    @login_required
    @limit("report", member="20/h", address="60/h")
    def view(request, **key):
        item = find(request.user, *key.values())
        if not permissions.may_speak(request.user):
            raise PermissionDenied(permissions.why_silent(request.user))
        form = ReportForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            report(item, by=request.user, **form.cleaned_data)
            messages.success(
                request, "Thank you. Moderators will look at it, and you will be notified of their decision."
            )
            return HttpResponseRedirect(item.get_absolute_url(), status=303)
        context = {"item": item, "kind": kind, "form": form}
        return render(request, "forums/reports/new.html", context, status=400 if form.errors else 200)

    return view


of_comment = _reports(find_comment, "comment")
of_topic = _reports(find_topic, "topic")
of_member = _reports(_find_member, "member")


@login_required
def show_list(request):
    """The reports of the member and their decisions, the newest first."""
    own = Report.objects.filter(by=request.user).select_related(
        "rule", "case__outcome__rule", "comment__topic__category__parent", "topic__category__parent", "member"
    )
    pages = Pages(request, own, NEWEST)
    seen = [(each, _may_still_see(request.user, each)) for each in pages]
    return render(request, "forums/reports/list.html", {"pages": pages, "reports": seen})


def _may_still_see(user, report):
    topic = report.discussion
    return topic is None or permissions.may_read(user, topic)
