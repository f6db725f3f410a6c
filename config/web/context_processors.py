"""The context processor that gives every template the facts about the site."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict:
    """The site's name, its address, that of its WebSockets, and the days for which it stores addresses. No query."""
    names = ("SITE_NAME", "SITE_URL", "LIVE_URL", "ADDRESSES_KEPT_DAYS")
    return {name: getattr(settings, name) for name in names}
