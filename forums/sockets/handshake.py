"""What a handshake says of who connects."""

import re

from django.conf import settings
from django.http.cookie import parse_cookie

from config import limits

_SESSION = re.compile(r"[a-z0-9]{8,40}")


def session(scope) -> str:
    """The key of the session that the page's cookie names; "" without one that could be one."""
    cookies = parse_cookie(_header(scope, b"cookie"))
    key = cookies.get(settings.SESSION_COOKIE_NAME, "")
    return key if _SESSION.fullmatch(key) else ""


def address(scope) -> str:
    """An IPv4 address, or the /64 that a household is given of IPv6; by the word of our own proxies alone."""
    remote = (scope.get("client") or [""])[0]
    return limits.household(limits.told_address(remote, _header(scope, b"x-forwarded-for")))


def _header(scope, name):
    return ",".join(value.decode("latin-1") for each, value in scope["headers"] if each == name)
