"""What there is about a member beside the account itself, to look at."""

from ipaddress import ip_address

from django.contrib import admin
from django.contrib.admin.models import LogEntry

from accounts.models import Block, Footprint, Ignore, Note, Sanction
from config.admin.listed import Listed, Records


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


@admin.register(Block)
class BlockAdmin(Listed):
    """From where nobody joins, or posts. Lifting one is deleting it, or giving it an end."""

    list_display = ("__str__", "extent", "reason", "until", "by", "at")
    list_select_related = ("by",)
    list_filter = ("extent",)
    search_fields = ("pk",)
    search_help_text = "An address, which finds the networks it is in, or the beginning of a domain"
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


class ForModerators(Records):
    """What moderators know of members, and clerks have no business with."""

    def has_view_permission(self, request, obj=None):
        return request.user.is_moderator


@admin.register(Footprint)
class FootprintAdmin(ForModerators):
    list_display = ("member", "network", "device", "first_at", "last_at")
    list_select_related = ("member",)
    search_fields = ("member",)


@admin.register(Note)
class NoteAdmin(ForModerators):
    """Added on the members' pages; neither changed nor taken away."""

    list_display = ("member", "text", "by", "at")
    list_select_related = ("member", "by")
    search_fields = ("member", "by")


@admin.register(LogEntry)
class LogEntryAdmin(Records):
    """What was done in this admin. It names things that not every clerk may see."""

    list_display = ("action_time", "user", "content_type", "object_repr", "get_change_message")
    list_select_related = ("user", "content_type")
    search_fields = ("user",)
    fields = list_display

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser
