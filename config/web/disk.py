"""Refuses to save while the disk of the embedded Postgres is nearly full, so that reading goes on.

Without room for its log, Postgres would stop.
"""

import os

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config.web import errors

RESERVE = 32 * 1024**2
"""Bytes that stay free: two segments of Postgres' log."""


class DiskSpaceMiddleware:
    """Answers forms with 503 while the disk is nearly full. Place it after the check for forms of other sites."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, *arguments) -> HttpResponse | None:
        if request.method == "POST" and not settings.DATABASE_URL and free() < RESERVE:
            return errors.away(request, errors.DISK_FULL)
        return None


def free() -> int:
    """Bytes that are free on the disk of the data directory for accounts other than root."""
    disk = os.statvfs(settings.DATA_DIR)
    return disk.f_bavail * disk.f_frsize
