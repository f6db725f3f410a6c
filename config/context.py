"""What every template knows about the site."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict:
    """The site's name, its address and the sockets' address. No query."""
    names = ("SITE_NAME", "SITE_URL", "LIVE_URL", "ADDRESSES_KEPT_DAYS")
    return {name: getattr(settings, name) for name in names}
