"""Admin pages for sanctions, blocks, notes, sign-in devices, ignored members and the admin's log."""

from ipaddress import ip_address

from django.contrib import admin
from django.contrib.admin.models import LogEntry

from accounts.models import AccountMail, Block, Footprint, FreedName, Ignore, Note, Sanction
from config.admin.model_admin import FastModelAdmin, ReadOnlyModelAdmin


@admin.register(Ignore)
class IgnoreAdmin(ReadOnlyModelAdmin):
    """Shows who ignores somebody, and since when. Hides whom: the site promises members that nobody sees it."""

    list_display = fields = ("member", "created_at")
    list_select_related = ("member",)
    search_fields = ("member",)


@admin.register(AccountMail)
class AccountMailAdmin(ReadOnlyModelAdmin):
    """Mails about accounts that wait. Hides subject and text: with the code or link in them one could sign in."""

    list_display = fields = ("to", "created_at", "due_at", "attempts")
    search_fields = ("pk",)


@admin.register(FreedName)
class FreedNameAdmin(ReadOnlyModelAdmin):
    list_display = fields = ("digest", "freed_at")
    search_fields = ("pk",)


@admin.register(Sanction)
class SanctionAdmin(ReadOnlyModelAdmin):
    """Read-only. Sanctions are imposed and lifted on the member's moderation page, which requires a reason."""

    list_display = ("member", "kind", "by", "at", "until", "lifted_at")
    list_select_related = ("member", "by")
    list_filter = ("kind",)
    search_fields = ("member",)


@admin.register(Block)
class BlockAdmin(FastModelAdmin):
    """To lift a block, delete it or give it an end."""

    list_display = ("__str__", "extent", "reason", "until", "by", "at")
    list_select_related = ("by",)
    list_filter = ("extent",)
    search_fields = ("pk",)
    search_help_text = "An IP address (finds the networks that contain it) or the beginning of a domain"
    fields = ("network", "domain", "extent", "reason", "until")
    actions = None

    def matching(self, blocks, words):
        try:
            return blocks.covering(str(ip_address(words)))
        except ValueError:
            return blocks.filter(domain__startswith=words.lower())

    def save_model(self, request, block, form, change):
        if not change:
            block.by = request.user
        super().save_model(request, block, form, change)


class ForModerators(ReadOnlyModelAdmin):
    """Read-only rows for moderators, not for other staff."""

    def has_view_permission(self, request, obj=None):
        return request.user.is_moderator


@admin.register(Footprint)
class FootprintAdmin(ForModerators):
    list_display = ("member", "network", "device", "first_at", "last_at")
    list_select_related = ("member",)
    search_fields = ("member",)


@admin.register(Note)
class NoteAdmin(ForModerators):
    """Notes are added on the member's moderation page. Nobody can change or delete them."""

    list_display = ("member", "text", "by", "at")
    list_select_related = ("member", "by")
    search_fields = ("member", "by")


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyModelAdmin):
    """The log of this admin, for administrators. It names things that other staff may not see."""

    list_display = ("action_time", "user", "content_type", "object_repr", "get_change_message")
    list_select_related = ("user", "content_type")
    search_fields = ("user",)
    fields = list_display

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser
