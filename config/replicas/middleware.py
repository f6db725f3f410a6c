"""Lets page requests read from replicas, and keeps members on the primary until a replica has their last write."""

from collections.abc import Callable

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

from config.replicas import last_writes, reads, servers

COOKIE = "written"
"""The position after the last write of this browser. It also counts for people who are not signed in yet."""


class ReplicaMiddleware:
    """Place it behind the middleware of sessions: sessions are read from the primary, so signing out has no delay.

    The position of a write is kept in two places. The cookie works without Redis. The key in Redis follows the member
    to other devices.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            response = self.get_response(request)
            _note(request, response)
            return response
        member = request.session.get(SESSION_KEY)
        with reads.begin(lambda: _required(request, member)) as found:
            response = self.get_response(request)
        if found.wrote and member:
            _note(request, response)
        return response


def _required(request, member):
    """The position that this request must see."""
    cookie = request.COOKIES.get(COOKIE, "")
    of_browser = int(cookie) if cookie.isascii() and cookie.isdecimal() and len(cookie) < 20 else 0
    return max(of_browser, last_writes.of_member(member) if member else 0)


def _note(request, response):
    """Keep the position after a request that may have written. One query."""
    position = servers.position()
    response.set_cookie(
        COOKIE,
        position,
        max_age=last_writes.KEPT_SECONDS,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    if member := request.session.get(SESSION_KEY):
        last_writes.note(member, position)
