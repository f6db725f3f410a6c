from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from accounts import footprints, visiting


class TimeZoneMiddleware:
    """Times on a member's pages are in the member's zone. No query of its own: pages need the member too."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        try:
            return self.get_response(request)
        finally:
            # Threads are reused: the next request must not inherit this one's zone.
            timezone.deactivate()

    def process_view(self, request, view, args, kwargs):
        if not _may_ask(request, view):
            return
        if request.user.is_authenticated:
            timezone.activate(ZoneInfo(request.user.time_zone))


class DeviceMiddleware:
    """Marks the browser with which somebody has just signed up or in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        footprints.mark(request, response)
        return response


class DaysMiddleware:
    """Counts the days on which a member comes. Looks at what has been fetched already; writes once a day."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not _may_ask(request, view):
            return
        if request.user.is_authenticated and request.user.here_on != visiting.today():
            visiting.note(request.user)


def _may_ask(request, view) -> bool:
    """Looking at request.user costs a query and "Vary: Cookie", which pictures can do without."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and not getattr(
        view, "is_same_for_everyone", False
    )


def same_for_everyone(view):
    """Mark a view that does not care who asks."""
    view.is_same_for_everyone = True
    return view
