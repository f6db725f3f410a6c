"""Reads the session and the address from a WebSocket handshake."""

import re

from django.conf import settings
from django.http.cookie import parse_cookie

from config.web import limits

_SESSION = re.compile(r"[a-z0-9]{8,40}")


def session(scope) -> str:
    """Return the session key in the cookie, or "" if there is no well-formed one."""
    cookies = parse_cookie(_header(scope, b"cookie"))
    key = cookies.get(settings.SESSION_COOKIE_NAME, "")
    return key if _SESSION.fullmatch(key) else ""


def address(scope) -> str:
    """Return the client's IPv4 address or IPv6 /64 (one household). Only our own proxies' header is trusted."""
    remote = (scope.get("client") or [""])[0]
    return limits.household(limits.forwarded_address(remote, _header(scope, b"x-forwarded-for")))


def _header(scope, name):
    return ",".join(value.decode("latin-1") for each, value in scope["headers"] if each == name)
