"""The check of a WebSocket's Origin: only our own pages may connect. Scheme, host and port are compared."""

from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import validate_host

DEFAULT_PORTS = {"http": 80, "https": 443}


class OwnOriginsOnly:
    """Refuses the handshake (403) unless its Origin has the scheme and port of SITE_URL, and a host in ALLOWED_HOSTS.

    Another service on another port of the host could otherwise misuse a member's cookies, which ignore ports. A
    handshake without an Origin is allowed, because it does not come from a browser.
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
        scheme, host, port = _parts(origin)
    except ValueError:
        return False
    own_scheme, own_host, own_port = _parts(settings.SITE_URL)
    if not host or (scheme, port) != (own_scheme, own_port):
        return False
    return host == own_host or validate_host(f"[{host}]" if ":" in host else host, settings.ALLOWED_HOSTS)


def _parts(address: str) -> tuple[str, str | None, int | None]:
    """The scheme, host and port of an address. Raises ValueError if it has none."""
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port or DEFAULT_PORTS.get(parts.scheme)
