"""The admin itself: its door and its first page."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib.admin import AdminSite
from django.shortcuts import redirect

from accounts import second_factor
from forums import dashboard


class Workplace(AdminSite):
    """Its door is the site's own sign-in, so that rate limits and second factors hold there too."""

    site_header = settings.SITE_NAME
    site_title = settings.SITE_NAME
    index_title = "Administration"

    def has_permission(self, request) -> bool:
        return super().has_permission(request) and not second_factor.is_missing(request.user)

    def login(self, request, extra_context=None):
        if request.user.is_staff and second_factor.is_missing(request.user):
            return second_factor.ask_for_one(request)
        return secure_admin_login(super().login)(request, extra_context)

    def index(self, request, extra_context=None):
        """The dashboard above the list of tables."""
        return super().index(request, {"dashboard": dashboard.of(request), **(extra_context or {})})

    def password_change(self, request, extra_context=None):
        # The site's own page asks who is there first, and tells the member by mail.
        return redirect("account_change_password")
