"""The middleware that answers requests for the names of forums that moved here."""

from collections.abc import Callable
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)

from forums.old_addresses import keys, pages


class OldHostsMiddleware:
    """Answers each request for a host in OLD_HOSTS with a redirect to SITE_URL, and with nothing else.

    Put it before all that reads or trusts a host. So the old names need not be in ALLOWED_HOSTS, no cached page of this
    site has one of their addresses, and they get no HSTS.

    A browser sends our cookies only to our own name. So a page that not everybody may see is redirected, as a missing
    one, to `/moved/…`, which knows the member. One query.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.OLD_HOSTS:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = keys.host_of(f"//{request.META.get('HTTP_HOST', '')}")
        if host not in settings.OLD_HOSTS:
            return self.get_response(request)
        if page := _page(request, host):
            return HttpResponsePermanentRedirect(settings.SITE_URL + page)
        return HttpResponseRedirect(f"{settings.SITE_URL}/moved/{quote(host)}{request.get_full_path()}")


def _page(request, host) -> str | None:
    if request.path in ("", "/"):
        return "/"
    try:
        query = request.META.get("QUERY_STRING", "")
        return pages.find(AnonymousUser(), host, request.path, query, is_final=True)
    except DatabaseError:  # the other page says that the site is away
        return None
