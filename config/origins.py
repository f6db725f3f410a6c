"""Which pages may open a socket: those of our own hosts, compared whole."""

from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import validate_host


class OwnOriginsOnly:
    """Refuse the handshake (403) unless its Origin is on ALLOWED_HOSTS.

    The port is free: the sockets may have another one than the pages, and cookies do not care about ports.
    A handshake without Origin comes from no browser and carries no one's cookies but its own; it may pass.
    """

    def __init__(self, application):
        self.application = application

    async def __call__(self, scope, receive, send):
        application = self.application if may_connect(scope["headers"]) else WebsocketDenier()
        return await application(scope, receive, send)


def may_connect(headers: list[tuple[bytes, bytes]]) -> bool:
    """Judge a handshake's headers; two different origins in one handshake are refused."""
    origins = [value for name, value in headers if name == b"origin"]
    return all(_is_ours(value.decode("latin-1")) for value in origins)


def _is_ours(origin: str) -> bool:
    try:
        parts = urlsplit(origin)
        host = parts.hostname
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not host:
        return False
    return validate_host(f"[{host}]" if ":" in host else host, settings.ALLOWED_HOSTS)
