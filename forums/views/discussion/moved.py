"""Old addresses of imported forums, for viewers whom the old host could not know."""

from django.conf import settings
from django.http import Http404, HttpResponseRedirect

from forums.old_addresses import keys, pages


def show(request, host, path):
    """Redirect an address of a host in OLD_HOSTS to its page here. 404 if the viewer may not see it."""
    if host not in settings.OLD_HOSTS:
        raise Http404
    return _redirect(request, host, f"/{path}")


def show_here(request, path):
    """Redirect an old address of a forum that had the name of this site. Our own addresses come first."""
    return _redirect(request, keys.host_of(settings.SITE_URL), f"/{path}")


def _redirect(request, host, path):
    page = pages.find(request.user, host, path, request.META["QUERY_STRING"])
    if page is None:
        raise Http404
    return HttpResponseRedirect(page)
