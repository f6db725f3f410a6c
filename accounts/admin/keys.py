"""Read-only admin pages for allauth's rows about signing in, without the secrets.

allauth's own pages show secrets, and let an address be changed without changing it in the account.
"""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin

from config.admin.model_admin import ReadOnlyModelAdmin

# Providers are configured in OIDC_PROVIDERS. Nobody needs to read tokens of other sites.
for model in (Authenticator, EmailAddress, SocialAccount, SocialApp, SocialToken, UserSession):
    admin.site.unregister(model)


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnlyModelAdmin):
    list_display = ("email", "user", "verified")
    list_select_related = ("user",)
    search_fields = ("user",)
    search_help_text = "The beginning of a member's name, or a whole address"

    def matching(self, rows, words):
        return rows.filter(email=words.lower()) if "@" in words else super().matching(rows, words)


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnlyModelAdmin):
    list_display = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("user",)
    fields = ("user", "type", "created_at", "last_used_at")  # the other column is the secret


@admin.register(SocialAccount)
class SocialAccountAdmin(ReadOnlyModelAdmin):
    list_display = ("user", "provider", "uid", "date_joined", "last_login")
    list_select_related = ("user",)
    search_fields = ("user",)
    fields = list_display


@admin.register(UserSession)
class UserSessionAdmin(ReadOnlyModelAdmin):
    """Devices that members are signed in on. Never shows the session key, which would give access."""

    list_display = ("user", "ip", "user_agent", "created_at", "last_seen_at")
    list_select_related = ("user",)
    search_fields = ("user",)
    fields = list_display
