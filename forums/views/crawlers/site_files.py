"""Files that programs look for at fixed addresses."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

EXPIRES = timedelta(days=180)
"""Until when a copy of security.txt counts. RFC 9116 recommends less than a year."""
CLOSED = (
    "/accounts/", "/admin/", "/drafts/", "/lists/", "/moderation/", "/mentions/", "/new/", "/preview/", "/records/",
    "/search/",
    "/*/reply/", "/*/report/", "/*/history/", "/*/menu/", "/*?sort=", "/*?since=",
)  # fmt: skip
"""Addresses without content of their own."""


@require_safe
def robots(request):
    closed = "\n".join(f"Disallow: {path}" for path in CLOSED)
    sitemap = f"{settings.SITE_URL}{reverse('sitemap')}"
    return HttpResponse(f"User-agent: *\n{closed}\n\nSitemap: {sitemap}\n", content_type="text/plain")


@require_safe
def security(request):
    """Say how to report a vulnerability (RFC 9116). 404 without SECURITY_CONTACT."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = (timezone.now() + EXPIRES).replace(hour=0, minute=0, second=0)
    lines = (
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Canonical: {settings.SITE_URL}{request.path}",
    )
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain")


@require_safe
def change_password(request):
    """Lead password managers to the page that changes the password (W3C, change-password-url)."""
    return redirect("account_change_password")


@require_safe
def favicon(request):
    """Redirect programs that do not read the link in the page."""
    return redirect(static("img/icon-48.png"))
