"""A cache of whole pages for visitors: rendered once, then served without a query.

A view whose page looks the same to every visitor names at its beginning what the page depends on:

    sharing.depends(request, stamps.CATEGORIES, stamps.LISTS)

The finished answer is stored compressed, together with the stamps read at that moment. It is served while these stamps
stay the same, and at most until the moment passed to `only_until`. A request with a session cookie never gets a cached
page. An answer that sets a cookie is never stored.
"""

import math
import re
import time
from collections import OrderedDict
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

from config.caching import cache_tags
from config.caching.evictable import cache
from config.web import compression

TRUSTED = 1.0
"""Seconds for which a process serves its own copy of a page without reading the stamps again."""
KEPT = 500
"""Pages that a process keeps in memory, about 15 KB each."""
SHARED = {200, 301, 302}
"""Statuses that are stored. Permalinks redirect, and the redirect is worth storing too."""
_parameters: set[str] = set()
_WRITTEN_BY_US = re.compile(r"(\w+)=(?!0\d)[\w.:%+-]{1,80}", re.ASCII)
"""A parameter as our pages write it: numbers without leading zeros, and never empty."""


def register_parameters(*names: str) -> None:
    """Store pages whose query string has these parameters.

    Pages with other parameters are answered but not stored, because a client can invent any number of them. The same
    applies to repeated parameters and to values that our pages do not write, such as "007".
    """
    _parameters.update(names)


class Page(NamedTuple):
    """A stored answer; plain values, because it goes into Redis."""

    status: int
    names: tuple[str, ...]
    marks: tuple[str, ...]
    headers: list[tuple[str, str]]
    body: bytes
    """Compressed."""
    until: float = math.inf
    """Seconds since 1970 at which the page expires, whatever the stamps say."""


def depends(request: HttpRequest, *names: str) -> None:
    """Let visitors share the page of this request while the stamps `names` stay the same.

    Call it before reading the data that the stamps stand for. A change during the request then expires the page.
    """
    if getattr(request, "is_shareable", False) and (marks := cache_tags.read(*names)):
        request.shared_by = (names, marks)


def keep_out(request: HttpRequest) -> None:
    """Do not store the page of this request, because no page links to its address."""
    request.is_shareable = False
    request.shared_by = None


def only_until(request: HttpRequest, moment: datetime) -> None:
    """Let the page of this request expire at `moment`, because its text becomes wrong without a change to the data."""
    request.shared_until = min(moment.timestamp(), getattr(request, "shared_until", math.inf))


class SharedPages:
    """Serves visitors from the cache, and stores the answers for which a view called `depends`."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.here: OrderedDict[str, tuple[float, Page]] = OrderedDict()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            request.method not in {"GET", "HEAD"}
            or settings.SESSION_COOKIE_NAME in request.COOKIES
            or request.path.startswith((settings.STATIC_URL, settings.MEDIA_URL))
        ):
            return self.get_response(request)
        key = self._key(request)
        if page := self._find(key):
            return self._answer(request, page)
        request.is_shareable = key is not None
        response = self.get_response(request)
        page = self._keep(key, request, response)
        return self._answer(request, page) if page else response

    def _key(self, request):
        parts = sorted(filter(None, request.META.get("QUERY_STRING", "").split("&")))
        known = [
            found[1]
            for part in parts
            if (found := _WRITTEN_BY_US.fullmatch(part)) and found[1] in _parameters
        ]
        if len(set(known)) < len(parts):
            return None
        said = f"{request.scheme} {request.get_host()} {request.path} {'&'.join(parts)}"
        return blake2b(said.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()

    def _find(self, key):
        if key is None:
            return None
        checked, page = self.here.get(key, (0.0, None))
        now = time.monotonic()
        if page and now - checked < TRUSTED:
            return page
        page = page or _unpacked(cache.get(f"page:{key}"))
        if page and time.time() < page.until and cache_tags.read(*page.names) == page.marks:
            self._remember(key, now, page)
            return page
        self.here.pop(key, None)
        return None

    def _remember(self, key, now, page):
        self.here[key] = (now, page)
        # All threads of a process share this; each checks the size again before it removes a page.
        while len(self.here) > KEPT:
            self.here.popitem(last=False)

    def _keep(self, key, request, response):
        shared_by = getattr(request, "shared_by", None)
        if not shared_by or response.status_code not in SHARED or response.streaming or response.cookies:
            return None
        names, marks = shared_by
        body = compression.pack(response.content)
        response.headers.pop("Content-Length", None)
        response.headers.pop("Content-Encoding", None)
        response.headers["ETag"] = f'"{blake2b(body, digest_size=12).hexdigest()}"'
        # Only the visitor's own browser may keep it: after signing in, the same address shows another page.
        response.headers["Cache-Control"] = "private, no-cache"
        patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
        until = getattr(request, "shared_until", math.inf)
        page = Page(response.status_code, names, marks, list(response.headers.items()), body, until)
        cache.set(f"page:{key}", page, cache_tags.LIFETIME)
        self._remember(key, time.monotonic(), page)
        return page

    def _answer(self, request, page):
        packed = "gzip" in request.headers.get("Accept-Encoding", "")
        body = page.body if packed else compression.unpack(page.body)
        response = HttpResponse(body, status=page.status, headers=dict(page.headers))
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = len(body)
        return get_conditional_response(request, response.headers["ETag"], None, response)


def _unpacked(found):
    if not found:
        return None
    status, names, marks, *rest = found  # msgpack knows lists only
    return Page(status, tuple(names), tuple(marks), *rest)
