"""The admin site: who may enter, and its first page."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib.admin import AdminSite
from django.shortcuts import redirect

from config.admin import registry


class FolkmootAdminSite(AdminSite):
    """Django's admin behind the site's own sign-in page, so that rate limits and second factors apply there too."""

    site_header = settings.SITE_NAME
    site_title = settings.SITE_NAME
    index_title = "Administration"

    def has_permission(self, request) -> bool:
        return super().has_permission(request) and not registry.missing_requirement(request.user)

    def login(self, request, extra_context=None):
        if request.user.is_staff and (requirement := registry.missing_requirement(request.user)):
            return requirement.ask(request)
        return secure_admin_login(super().login)(request, extra_context)

    def index(self, request, extra_context=None):
        """Show the panels of the apps above the list of tables."""
        return super().index(request, {"dashboard": registry.panels(request), **(extra_context or {})})

    def password_change(self, request, extra_context=None):
        # The site's own page asks for the old password and informs the member by mail.
        return redirect("account_change_password")
