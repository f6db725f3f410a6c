"""All URLs of the site; each app adds its own `urls` module."""

from importlib.util import find_spec

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.static import serve

from config.web import errors, health, script_errors

APPS = ("forums", "accounts", "polls")
handler400, handler403 = errors.bad_request, errors.forbidden
handler404, handler500 = errors.not_found, errors.server_error
handler429 = errors.too_many

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("script-errors/", script_errors.report, name="script-error-report"),
    path("admin/", admin.site.urls),
    path("accounts/", include("accounts.sign_in.login_urls")),
    path("accounts/", include("allauth.urls")),
    # With nginx in front, nginx serves these files from disk. Only they are public: pictures of texts have a view.
    path("media/avatars/<path:path>", serve, {"document_root": settings.MEDIA_ROOT / "avatars"}),
    *(path("", include(f"{app}.urls")) for app in APPS if find_spec(f"{app}.urls")),
]
