"""HTTP requests as text, ready to be sent."""

from urllib.parse import urlencode

from django.conf import settings

from tests.load.data import members

CSRF = "c" * 32
ENCODINGS = "Accept-Encoding: gzip, deflate, br, zstd"
"""What Chromium and Firefox send on HTTPS."""


def cookie(session: str) -> str:
    """The Cookie header of a member who has a CSRF token already."""
    return f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={CSRF}"


def get(path: str, cookie: str, host: str = "127.0.0.1") -> str:
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Accept: text/html", ENCODINGS]
    return "\r\n".join([*lines, *([f"Cookie: {cookie}"] if cookie else []), "", ""])


def post(path: str, session: str, values: dict) -> str:
    body = urlencode(values | {"csrfmiddlewaretoken": CSRF})
    lines = [
        f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: text/x-row", ENCODINGS,
        f"Cookie: {cookie(session)}", f"X-Forwarded-For: {members.address(session)}", f"Content-Length: {len(body)}",
        "Content-Type: application/x-www-form-urlencoded",
    ]  # fmt: skip
    return "\r\n".join([*lines, "", body])
