"""Middleware for members: their time zone, the device cookie, and counting the days on which they come."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from accounts.profiles import days_active
from accounts.sign_in import device_history, sessions


class TimeZoneMiddleware:
    """Loads the member, whom pages need anyway, and shows times in their zone."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        try:
            return self.get_response(request)
        finally:
            # The thread serves other requests later, which must not inherit this zone.
            timezone.deactivate()

    def process_view(self, request, view, args, kwargs):
        if not _may_ask(request, view):
            return
        # Instead of Django's lazy object: each look at that one takes a template five times as long.
        request.user = sessions.member_of(request)
        if request.user.is_authenticated:
            timezone.activate(ZoneInfo(request.user.time_zone))


class NotStoredMiddleware:
    """Keeps browsers from storing the pages of members, so that Back shows nothing personal after a sign-out.

    Chromium may keep such a page for Back, but drops it when the session cookie changes.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if is_page and settings.SESSION_COOKIE_NAME in request.COOKIES:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class DeviceMiddleware:
    """Sets the device cookie after a sign-in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        device_history.mark(request, response)
        return response


class DaysMiddleware:
    """Counts the days on which a member comes. Reads nothing; writes once a day."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not _may_ask(request, view):
            return
        if request.user.is_authenticated and request.user.here_on != days_active.today():
            days_active.count_today(request.user)


def _may_ask(request, view) -> bool:
    """Whether the view needs the user. Reading request.user costs a query and adds "Vary: Cookie"."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and not getattr(
        view, "is_same_for_everyone", False
    )


def same_for_everyone(view):
    """Mark a view whose answer does not depend on the user."""
    view.is_same_for_everyone = True
    return view
