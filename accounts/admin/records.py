"""What there is about a member beside the account itself, to look at."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry

from accounts.models import Ignore, Sanction
from config.admin.listed import Records


@admin.register(Ignore)
class IgnoreAdmin(Records):
    """Who ignores somebody, and since when. Whom, members were promised that nobody sees."""

    list_display = fields = ("member", "created_at")
    list_select_related = ("member",)
    search_fields = ("member",)


@admin.register(Sanction)
class SanctionAdmin(Records):
    """Imposed and lifted on the members' pages, where the reason is asked for."""

    list_display = ("member", "kind", "by", "at", "until", "lifted_at")
    list_select_related = ("member", "by")
    list_filter = ("kind",)
    search_fields = ("member",)


@admin.register(LogEntry)
class LogEntryAdmin(Records):
    """What was done in this admin. It names things that not every clerk may see."""

    list_display = ("action_time", "user", "content_type", "object_repr", "get_change_message")
    list_select_related = ("user", "content_type")
    search_fields = ("user",)
    fields = list_display

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser
