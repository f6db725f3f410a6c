"""A cache of whole pages for visitors: rendered once, then served without a query.

A view whose page looks the same to every visitor names at its beginning what the page depends on:

    visitor_cache.depends_on(request, cache_tags.CATEGORIES, cache_tags.LISTS)

The finished answer is stored compressed, together with the values of these cache tags. It is served while the values
stay the same, and at most until the moment passed to `only_until`. A request with a session cookie never gets a cached
page. An answer that sets a cookie is never stored.

Only addresses that our pages link to are stored. A client could invent others without end, and evict the pages that
people read. The path must be the one that `reverse` writes, and a page with a query is stored only if its view calls
`store_query`.
"""

import math
import re
import time
from collections import OrderedDict
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers

from config.caching import cache_tags
from config.caching.evictable import cache
from config.monitoring import counters
from config.replicas import reads
from config.web import compression

FRESH_SECONDS = 1.0
"""Seconds for which a process serves its own copy of a page without reading the tags again."""
MAX_PAGES = 500
"""Pages that a process keeps in memory, about 15 KB each."""
STORED_STATUSES = {200, 301, 302}
"""Statuses that are stored. Permalinks redirect, and the redirect is worth storing too."""
_WRITTEN_BY_US = re.compile(r"([a-z]+)=(?!0\d)[a-z0-9-]{1,40}")
"""A parameter as our pages write it: numbers in their shortest form, nothing quoted and never empty."""
_cookies: dict[str, str] = {}


def register_cookie(name: str, value: str) -> None:
    """Store pages of their own for visitors whose cookie `name` has this value. All other visitors share one page."""
    _cookies[name] = value


class Page(NamedTuple):
    """A stored answer; plain values, because it goes into Redis."""

    status: int
    tags: tuple[str, ...]
    values: tuple[str, ...]
    """The values of the tags when the page was made."""
    headers: list[tuple[str, str]]
    body: bytes
    """Compressed."""
    until: float = math.inf
    """Seconds since 1970 at which the page expires, even if no tag has changed."""


def depends_on(request: HttpRequest, *tags: str) -> None:
    """Let visitors share the page of this request while the values of `tags` stay the same.

    Call it before reading the data that the tags stand for. A change during the request then expires the page.
    """
    is_cacheable = getattr(request, "is_cacheable", False)
    # Members' pages read the tags too if they may come from a replica, which must have what the tags say.
    if (is_cacheable or reads.is_on_replica()) and (values := cache_tags.read(*tags)) and is_cacheable:
        request.cache_tags = (tags, values)


def store_query(request: HttpRequest) -> None:
    """Store the page of this request although its address has a query, because our pages link to it.

    The view has checked all parameters and their values. There must be few of them for each page, and they must not
    grow with what a client sends.
    """
    request.is_query_linked = True


def keep_out(request: HttpRequest) -> None:
    """Do not store the answer to this request, because no page links to its address."""
    request.is_cacheable = False
    request.cache_tags = None


def only_until(request: HttpRequest, moment: datetime) -> None:
    """Let the page of this request expire at `moment`, because its text becomes wrong without a change to the data."""
    request.cached_until = min(moment.timestamp(), getattr(request, "cached_until", math.inf))


class VisitorCacheMiddleware:
    """Serves visitors from the cache, and stores the answers for which a view called `depends_on`."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.local: OrderedDict[str, tuple[float, Page]] = OrderedDict()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with cache_tags.read_once():
            return self._respond(request)

    def _respond(self, request):
        if (
            request.method not in {"GET", "HEAD"}
            or settings.SESSION_COOKIE_NAME in request.COOKIES
            or request.path.startswith((settings.STATIC_URL, settings.MEDIA_URL))
        ):
            return self.get_response(request)
        key = self._key(request)
        if page := self._find(key):
            return self._answer(request, page)
        request.is_cacheable = key is not None
        response = self.get_response(request)
        page = self._store(key, request, response)
        return self._answer(request, page) if page else response

    def _key(self, request):
        """Return the key of the address; None if our pages would write it in another way.

        The host is not part of it, because no cached page shows the host: a client can add any port to it.
        """
        request.get_host()  # refuses hosts of others
        parts = sorted(filter(None, request.META.get("QUERY_STRING", "").split("&")))
        names = {found[1] for part in parts if (found := _WRITTEN_BY_US.fullmatch(part))}
        if len(names) < len(parts):
            return None
        chosen = [name for name, value in _cookies.items() if request.COOKIES.get(name) == value]
        identity = f"{request.scheme} {request.path} {'&'.join(parts)} {chosen}"
        return blake2b(identity.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()

    def _find(self, key):
        if key is None:
            return None
        checked, page = self.local.get(key, (0.0, None))
        now = time.monotonic()
        if page and now - checked < FRESH_SECONDS:
            counters.read_cache("page in process", hits=1, misses=0)
            return page
        page = page or _unpacked(cache.get(f"page:{key}"))
        if page and time.time() < page.until and cache_tags.read(*page.tags) == page.values:
            self._store_locally(key, now, page)
            return page
        self.local.pop(key, None)
        return None

    def _store_locally(self, key, now, page):
        self.local[key] = (now, page)
        # All threads of a process share this; each checks the size again before it removes a page.
        while len(self.local) > MAX_PAGES:
            self.local.popitem(last=False)

    def _store(self, key, request, response):
        tagged = getattr(request, "cache_tags", None)
        if (
            not tagged
            or response.status_code not in STORED_STATUSES
            or response.streaming
            or response.cookies
            or not _is_linked(request)
        ):
            return None
        tags, values = tagged
        body = compression.pack_once(response.content)
        response.headers.pop("Content-Length", None)
        response.headers.pop("Content-Encoding", None)
        response.headers["ETag"] = f'"{blake2b(body, digest_size=12).hexdigest()}"'
        # Only the visitor's own browser may keep it: after signing in, the same address shows another page.
        response.headers["Cache-Control"] = "private, no-cache"
        patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
        until = getattr(request, "cached_until", math.inf)
        page = Page(response.status_code, tags, values, list(response.headers.items()), body, until)
        cache.set(f"page:{key}", page, cache_tags.LIFETIME)
        self._store_locally(key, time.monotonic(), page)
        return page

    def _answer(self, request, page):
        packed = "gzip" in request.headers.get("Accept-Encoding", "")
        body = page.body if packed else compression.unpack(page.body)
        response = HttpResponse(body, status=page.status, headers=dict(page.headers))
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = len(body)
        return get_conditional_response(request, response.headers["ETag"], None, response)


def _is_linked(request):
    """Whether our pages would write this path, such as `/t/7/` for `/t/007/`, and its query."""
    match = request.resolver_match
    path = unquote(reverse(match.view_name, args=match.args, kwargs=match.kwargs))
    return path == request.path and (not request.GET or getattr(request, "is_query_linked", False))


def _unpacked(found):
    if not found:
        return None
    status, tags, values, *rest = found  # msgpack knows lists only
    return Page(status, tuple(tags), tuple(values), *rest)
