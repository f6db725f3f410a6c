from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from accounts.models import User

# The admin's door is the site's own sign-in, so that its rate limits and second factors hold there too.
admin.site.login = secure_admin_login(admin.site.login)


STANDING = ("silenced_until", "suspended_at", "suspended_until", "suspended_by")


@admin.register(User)
class MemberAdmin(UserAdmin):
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
    search_fields = ("username__istartswith", "email__istartswith")
    ordering = ("-pk",)
    readonly_fields = ("last_login", "date_joined", *STANDING, "deleted_at")
    # Counting a million members twice a page costs more than the page.
    show_full_result_count = False
    list_per_page = 50
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("email", "bio", "links")}),
        (
            "Preferences",
            {"fields": ("theme", "time_zone", "comment_sort", "email_replies", "email_mentions")},
        ),
        ("Rights", {"fields": ("is_staff", "is_superuser", "groups", "user_permissions")}),
        ("Standing", {"fields": STANDING}),
        ("Times", {"fields": ("date_joined", "last_login", "deleted_at")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "email", "usable_password", "password1", "password2")}),)

    @admin.display(boolean=True)
    def is_suspended(self, user):
        return user.is_suspended

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

    def has_delete_permission(self, request, obj=None):
        # Deleting the row would take the answers of others along; members leave by accounts.deletion.
        return False
