from allauth.account.decorators import secure_admin_login
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin

from accounts.models import User

# The admin's door is the site's own sign-in, so that its rate limits and second factors hold there too.
admin.site.login = secure_admin_login(admin.site.login)


@admin.register(User)
class MemberAdmin(UserAdmin):
    list_display = ("username", "email", "date_joined", "last_login", "is_staff", "is_banned", "is_deleted")
    list_filter = ("is_staff", "is_superuser", ("banned_at", admin.EmptyFieldListFilter), "groups")
    search_fields = ("username__istartswith", "email__istartswith")
    ordering = ("-pk",)
    readonly_fields = ("last_login", "date_joined", "banned_at", "banned_by", "deleted_at")
    # Counting a million members twice a page costs more than the page.
    show_full_result_count = False
    list_per_page = 50
    actions = ("ban", "unban")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("email", "bio", "links")}),
        (
            "Preferences",
            {"fields": ("theme", "time_zone", "comment_sort", "email_replies", "email_mentions")},
        ),
        ("Rights", {"fields": ("is_staff", "is_superuser", "groups", "user_permissions")}),
        ("Times", {"fields": ("date_joined", "last_login", "banned_at", "banned_by", "deleted_at")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "email", "usable_password", "password1", "password2")}),)

    @admin.display(boolean=True)
    def is_banned(self, user):
        return user.is_banned

    @admin.display(boolean=True)
    def is_deleted(self, user):
        return user.is_deleted

    def get_readonly_fields(self, request, obj=None):
        """Rights are handed out by administrators alone: whoever may change members could make themselves one."""
        rights = (
            () if request.user.is_superuser else ("is_staff", "is_superuser", "groups", "user_permissions")
        )
        return (*super().get_readonly_fields(request, obj), *rights)

    def has_change_permission(self, request, obj=None):
        # A new password for an administrator would be another way to become one.
        is_above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return not is_above and super().has_change_permission(request, obj)

    @admin.action(description="Ban the chosen members", permissions=["change"])
    def ban(self, request, members):
        for member in members:
            if member.is_moderator or member == request.user:
                self.message_user(request, f"{member} moderates and was not banned.", messages.ERROR)
            else:
                member.ban(by=request.user)

    @admin.action(description="Let the chosen members in again", permissions=["change"])
    def unban(self, request, members):
        for member in members:
            member.unban()

    def has_delete_permission(self, request, obj=None):
        # Deleting the row would take the answers of others along; members leave by accounts.deletion.
        return False
