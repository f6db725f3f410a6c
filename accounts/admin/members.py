"""The admin pages of the member table."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import Trust, User
from accounts.registries import access_signals
from config.admin.model_admin import FastModelAdmin

STANDING = ("silenced_until", "suspended_at", "suspended_until", "suspended_by")
TRUST = ("trust", "trust_pinned_at", "trust_pinned_by", "days_here", "here_on")
RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


def _pin(level):
    """An admin action that sets the trust of the chosen members to `level` and keeps it there."""

    @admin.action(
        description=f"Set the trust of the chosen members to: {level.label.lower()}", permissions=["change"]
    )
    def pin(self, request, members):
        for member in members:
            if self.has_change_permission(request, member):
                member.pin_trust(level, by=request.user)

    return pin


@admin.register(User)
class MemberAdmin(FastModelAdmin, UserAdmin):
    list_display = (
        "username",
        "email",
        "date_joined",
        "last_login",
        "is_staff",
        "is_suspended",
        "is_deleted",
    )
    list_filter = ("is_staff", "is_superuser", ("suspended_at", admin.EmptyFieldListFilter), "groups")
    search_fields = ("pk",)
    search_help_text = "The beginning of a name or of an address"
    ordering = ("-pk",)
    readonly_fields = ("last_login", "date_joined", *STANDING, *TRUST, "deleted_at")
    actions = ("vouch", *(f"pin_as_{level.name.lower()}" for level in Trust), "unpin")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("email", "bio", "links")}),
        (
            "Preferences",
            {
                "fields": (
                    "theme",
                    "time_zone",
                    "comment_sort",
                    "show_presence",
                    "email_pace",
                    "email_replies",
                    "email_mentions",
                    "email_watched",
                    "email_moderation",
                    "email_events",
                )
            },
        ),
        ("Rights", {"fields": RIGHTS}),
        ("Standing", {"fields": (*STANDING, *TRUST)}),
        ("Times", {"fields": ("date_joined", "last_login", "deleted_at")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "email", "usable_password", "password1", "password2")}),)

    def matching(self, members, words):
        beginning = words.lower()
        members = members.alias(name=Lower("username"), address=Lower("email"))
        return members.filter(Q(name__startswith=beginning) | Q(address__startswith=beginning) & ~Q(email=""))

    @admin.display(boolean=True)
    def is_suspended(self, user):
        return user.is_suspended

    @admin.display(boolean=True)
    def is_deleted(self, user):
        return user.is_deleted

    pin_as_new, pin_as_member, pin_as_regular = map(_pin, Trust)

    def get_readonly_fields(self, request, obj=None):
        """Let only administrators change rights, because staff could otherwise give themselves all of them.

        Nobody can change a name: pages all over the site show it.
        """
        rights = () if request.user.is_superuser else RIGHTS
        name = () if obj is None else ("username",)
        return (*super().get_readonly_fields(request, obj), *name, *rights)

    def save_model(self, request, member, form, change):
        super().save_model(request, member, form, change)
        if "email" in form.changed_data:
            member.vouch_for_address()

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        access_signals.changed(form.instance)

    @admin.action(
        description="Mark the e-mail addresses of the chosen members as verified", permissions=["change"]
    )
    def vouch(self, request, members):
        for member in members:
            if self.has_change_permission(request, member):
                member.vouch_for_address()

    @admin.action(
        description="Let the trust of the chosen members change by itself again", permissions=["change"]
    )
    def unpin(self, request, members):
        for member in members:
            if self.has_change_permission(request, member):
                member.unpin_trust()

    def has_change_permission(self, request, obj=None):
        # With a new password for a moderator, staff could sign in as that moderator.
        is_above = obj is not None and obj.pk != request.user.pk and (obj.is_staff or obj.is_moderator)
        return (request.user.is_superuser or not is_above) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        # Deleting the row would also delete replies by others. accounts.profiles.deletion keeps them.
        return False
