"""Announced debates, the sides of their participants, and outcomes, read-only.

Moderators change them on the site's pages.
"""

from django.contrib import admin

from config.admin.model_admin import ReadOnly, ReadOnlyModelAdmin
from forums.admin.records import VisibleRecords
from forums.models import (
    Comment,
    Debate,
    Outcome,
    OutcomeChange,
    Persuasion,
    Reminder,
    Side,
    SideChange,
    Topic,
)


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


class OutcomeChangeInline(ReadOnly, admin.TabularInline):
    model = OutcomeChange
    fields = readonly_fields = ("at", "by", "event", "decision", "carried_by", "carrier", "review_on")


@admin.register(Outcome)
class OutcomeAdmin(ReadOnlyModelAdmin):
    list_display = ("about", "topic", "decided_by", "created_at", "review_on", "withdrawn_at")
    list_select_related = ("topic", "decided_by")
    search_fields = ("topic", "decided_by")
    exclude = ("decision_html",)
    inlines = (OutcomeChangeInline,)

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.legible_to(request.user)
