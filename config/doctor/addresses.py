"""Checks that need the running site: its address, its proxy and its sockets."""

import http.client
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host

from config.management.doctor_checks import Finding
from config.management.operator_error import first_line

SECONDS = 5
HANDSHAKE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


def proxy() -> Iterator[Finding]:
    """Look at the settings about the proxy."""
    is_behind = getattr(settings, "SECURE_PROXY_SSL_HEADER", None) is not None
    if settings.HTTPS and not is_behind:
        yield False, "SITE_URL has https and BEHIND_PROXY is not set: set it, or pages redirect without end."
    elif is_behind and not settings.TRUSTED_PROXIES:
        yield (
            False,
            "BEHIND_PROXY is set and TRUSTED_PROXIES is empty, so all clients share one address and one rate limit: "
            "name the proxy's network in TRUSTED_PROXIES.",
        )
    else:
        yield True, "The settings about the proxy fit together"


def pages() -> Iterator[Finding]:
    """Request the first page at SITE_URL, through the proxy."""
    try:
        status, headers = _get(settings.SITE_URL, "/")
    except (OSError, http.client.HTTPException) as error:
        yield (
            None,
            f"{settings.SITE_URL} does not answer ({first_line(error)}): start the site, or correct SITE_URL.",
        )
        return
    if status in (301, 302) and headers.get("Location", "").startswith(settings.SITE_URL):
        yield (
            False,
            f"{settings.SITE_URL} redirects to itself: let the proxy send X-Forwarded-Proto, and set BEHIND_PROXY=1.",
        )
    elif status == 400:
        yield (
            False,
            f"{settings.SITE_URL} refuses its own name: add it to ALLOWED_HOSTS, and send Host in the proxy.",
        )
    elif status != 200 or "X-Request-ID" not in headers:
        yield (
            False,
            f"{settings.SITE_URL} answers with {status} and not as this site: look at the proxy's addresses.",
        )
    else:
        yield True, f"Pages answer at {settings.SITE_URL}"


def sockets() -> Iterator[Finding]:
    """Open a WebSocket as a page does."""
    address = settings.LIVE_URL.replace("ws", "http", 1) or settings.SITE_URL
    if address.startswith(":"):
        parts = urlsplit(settings.SITE_URL)
        address = f"{parts.scheme}://{parts.hostname}{address}"
    try:
        status, _ = _get(address, "/ws/", Origin=settings.SITE_URL, **HANDSHAKE)
    except (OSError, http.client.HTTPException) as error:
        yield (
            None,
            f"No WebSocket at {address}/ws/ ({first_line(error)}): start the site, or correct LIVE_URL.",
        )
        return
    if status != 101:
        yield (
            False,
            f"No WebSocket at {address}/ws/ (status {status}), so pages poll: let the proxy pass /ws/ with Upgrade to "
            "the sockets, as config/nginx/nginx.conf does.",
        )
    else:
        yield True, f"WebSockets open at {address}/ws/"


def old_hosts() -> Iterator[Finding]:
    """Request the names of imported forums. Yields nothing without them."""
    own = urlsplit(settings.SITE_URL).hostname
    for host in settings.OLD_HOSTS:
        address = f"{urlsplit(settings.SITE_URL).scheme}://{host}"
        if host == own or validate_host(host, settings.ALLOWED_HOSTS):
            yield False, f"{host} is in OLD_HOSTS and is a name of this site: remove it from one of both."
            continue
        try:
            status, headers = _get(address, "/")
        except (OSError, http.client.HTTPException) as error:
            yield (
                None,
                f"{address} does not answer ({first_line(error)}): let its name, certificate and proxy lead here.",
            )
            continue
        if (status, headers.get("Location")) == (301, f"{settings.SITE_URL}/"):
            yield True, f"Old addresses of {host} are redirected"
        else:
            yield False, f"{address} answers with {status} and not as this site: send its Host in the proxy."


def _get(address: str, path: str, **headers: str) -> tuple[int, http.client.HTTPMessage]:
    parts = urlsplit(address)
    connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    options = {"context": ssl.create_default_context()} if parts.scheme == "https" else {}
    connection = connect(parts.hostname, parts.port, timeout=SECONDS, **options)
    try:
        connection.request("GET", path, headers={"User-Agent": "folkmoot doctor", **headers})
        answer = connection.getresponse()
        return answer.status, answer.headers
    finally:
        connection.close()
