"""Announced debates and the sides of their participants, read-only. Moderators run debates on the topics' pages."""

from django.contrib import admin

from config.admin.model_admin import ReadOnlyModelAdmin
from forums.admin.records import VisibleRecords
from forums.models import Comment, Debate, Persuasion, Reminder, Side, SideChange, Topic


@admin.register(Debate)
class DebateAdmin(VisibleRecords):
    list_display = ("topic", "starts_at", "ends_at", "started_at", "ended_at", "announced_by")
    list_select_related = ("topic", "announced_by")
    search_fields = ("topic",)
    exclude = ("summary",)
    seen_by = ("topic", Topic)


@admin.register(Side)
class SideAdmin(VisibleRecords):
    list_display = ("debate", "member", "stand", "since")
    list_select_related = ("debate__topic", "member")
    search_fields = ("debate", "member")
    seen_by = ("debate__topic", Topic)


@admin.register(SideChange)
class SideChangeAdmin(VisibleRecords):
    list_display = ("debate", "member", "stand", "at")
    list_select_related = ("debate__topic", "member")
    search_fields = ("debate", "member")
    seen_by = ("debate__topic", Topic)


@admin.register(Persuasion)
class PersuasionAdmin(VisibleRecords):
    """Without members, because they did not agree that anybody sees their names."""

    list_display = fields = ("comment", "came", "at")
    list_select_related = ("comment",)
    search_fields = ("comment",)
    seen_by = ("comment", Comment)


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyModelAdmin):
    list_display = fields = ("member", "created_at")
    list_select_related = ("member",)
    search_fields = ("member",)
