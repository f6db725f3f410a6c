"""The check of a WebSocket's Origin: only pages of our own hosts may connect. Hosts are compared as a whole."""

from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import validate_host


class OwnOriginsOnly:
    """Refuses the handshake (403) unless the host of its Origin is in ALLOWED_HOSTS.

    Any port is allowed: sockets may use another port than pages, and cookies ignore ports. A handshake without an
    Origin is allowed, because it does not come from a browser and so cannot misuse a member's cookies.
    """

    def __init__(self, application):
        self.application = application

    async def __call__(self, scope, receive, send):
        application = self.application if may_connect(scope["headers"]) else WebsocketDenier()
        return await application(scope, receive, send)


def may_connect(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether a handshake with these headers is allowed. If there are several origins, all must be ours."""
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
