"""Fetches one file from another site, within limits that a hostile server cannot exceed.

The name is resolved once for each request, all its addresses are checked, and the connection is made to a checked
address. A name that resolves to another address afterwards changes nothing. No cookies or credentials are sent.
"""

import http.client
import io
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import NamedTuple
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings

from config.fetching.addresses import may_connect

SECONDS = 10.0
"""The time for names, connections, redirects and the body together."""
MOST_BYTES = 5 * 1024 * 1024
MOST_REDIRECTS = 3
LONGEST_ADDRESS = 2_000
REDIRECTS = {301, 302, 303, 307, 308}
PORTS = {"http": 80, "https": 443}
SAFE = "/%:@!$&'()*+,;=~?"
"""Characters of paths and queries that are sent as they are."""
# A resolver cannot be interrupted. Its threads are few, so that slow name servers occupy no more than these.
_resolvers = ThreadPoolExecutor(4, thread_name_prefix="resolver")


class FetchError(Exception):
    """The file was not fetched. The text says why, for logs and for members."""


class Fetched(NamedTuple):
    """A file: the address that it has after redirects, its media type in lower case, and its bytes."""

    address: str
    media_type: str
    charset: str
    body: bytes


def fetch(
    address: str,
    *,
    accept: str = "*/*",
    seconds: float = SECONDS,
    most_bytes: int = MOST_BYTES,
    resolve: Callable = socket.getaddrinfo,
) -> Fetched:
    """Return the file at this address. Raises `FetchError` for every other outcome.

    Connects only to public addresses and to FETCH_NETWORKS, and only at FETCH_PORTS. `resolve` has the signature of
    `socket.getaddrinfo`.
    """
    deadline = monotonic() + seconds
    for _ in range(MOST_REDIRECTS + 1):
        parts = _parse(address)
        try:
            found = _request(parts, accept, most_bytes, deadline, resolve)
        except (OSError, http.client.HTTPException, ValueError) as error:
            # All of them, because hostile servers reach every error of a parser.
            raise FetchError(f"{parts.hostname} did not answer properly: {type(error).__name__}") from error
        if isinstance(found, Fetched):
            return found
        address = urljoin(address, found)
    raise FetchError(f"More than {MOST_REDIRECTS} redirects")


def _parse(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        raise FetchError("This is no address") from None
    if parts.scheme not in PORTS or not parts.hostname or len(address) > LONGEST_ADDRESS:
        raise FetchError("Only addresses of http and https are fetched")
    if parts.username is not None or parts.password is not None:
        raise FetchError("The address contains a password")
    if port not in settings.FETCH_PORTS:
        raise FetchError(f"Port {port} is not allowed")
    return parts


def _request(parts, accept, most_bytes, deadline, resolve) -> Fetched | str:
    """Send one request. Returns the file, or the address that it redirects to."""
    path = quote(parts.path or "/", safe=SAFE)
    lines = (
        f"GET {path}{f'?{quote(parts.query, safe=SAFE)}' if parts.query else ''} HTTP/1.1",
        f"Host: {_host_header(parts)}",
        f"User-Agent: Folkmoot (+{settings.SITE_URL})",
        f"Accept: {accept}",
        "Accept-Encoding: identity",
        "Connection: close",
    )
    with _connect(parts, deadline, resolve) as sock:
        sock.settimeout(_left(deadline))
        sock.sendall("\r\n".join([*lines, "", ""]).encode("ascii"))
        response = http.client.HTTPResponse(_Stream(sock, deadline), method="GET")
        response.begin()
        return _read(response, parts, most_bytes)


def _read(response, parts, most_bytes) -> Fetched | str:
    if response.status in REDIRECTS and (target := response.headers.get("Location")):
        return target
    if response.status != 200:
        raise FetchError(f"{parts.hostname} answered {response.status}")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise FetchError("The file is compressed, although we did not ask for that")
    if (response.length or 0) > most_bytes:
        raise FetchError(f"The file has more than {most_bytes:,} bytes")
    body = response.read(most_bytes + 1)
    if len(body) > most_bytes:
        raise FetchError(f"The file has more than {most_bytes:,} bytes")
    if response.length:
        raise FetchError("The file ends too early")
    kind = response.headers
    return Fetched(parts.geturl(), kind.get_content_type(), kind.get_content_charset("utf-8"), body)


def _host_header(parts) -> str:
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname.encode("idna").decode()
    return host if parts.port in (None, PORTS[parts.scheme]) else f"{host}:{parts.port}"


def _connect(parts, deadline, resolve) -> socket.socket:
    """Connect to one of the checked addresses of the host, and begin TLS with its name."""
    port = parts.port or PORTS[parts.scheme]
    asked = _resolvers.submit(resolve, parts.hostname, port, type=socket.SOCK_STREAM)
    try:
        found = asked.result(timeout=_left(deadline))
    finally:
        asked.cancel()
    targets = list(dict.fromkeys((family, target) for family, _, _, _, target in found))
    for _, target in targets:
        if not may_connect(target[0], settings.FETCH_NETWORKS):
            raise FetchError(f"{parts.hostname} has an address that is not public")
    error: OSError = OSError("no address")
    for family, target in targets[:4]:
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(min(_left(deadline), 3))
            sock.connect(target)
            if parts.scheme == "https":
                sock.settimeout(_left(deadline))
                sock = ssl.create_default_context().wrap_socket(sock, server_hostname=parts.hostname)
            return sock
        except OSError as failed:
            sock.close()
            error = failed
    raise error


def _left(deadline: float) -> float:
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError("The time is over")
    return left


class _Stream(io.RawIOBase):
    """The bytes of a socket until the deadline, in the form that `http.client` reads.

    A timeout of a socket begins again with each byte, so a server that sends one now and then would never end.
    """

    def __init__(self, sock: socket.socket, deadline: float):
        self._sock, self._deadline = sock, deadline

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        self._sock.settimeout(_left(self._deadline))
        return self._sock.recv_into(buffer)
