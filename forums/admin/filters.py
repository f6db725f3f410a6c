"""Word filters, and the pending texts that they have caught. Moderators decide those in the queue."""

from django.contrib import admin

from config.admin.model_admin import FastModelAdmin
from forums.admin.moderation import ModeratedRecords
from forums.models import Filter, PendingPost


@admin.register(Filter)
class FilterAdmin(FastModelAdmin):
    list_display = ("__str__", "does", "whom", "is_pattern", "is_active", "by", "created_at")
    list_select_related = ("by",)
    list_filter = ("is_active", "does")
    search_fields = ("note",)
    fields = ("lines", "is_pattern", "does", "replacement", "whom", "note", "is_active")
    actions = None

    def matching(self, filters, words):
        return filters.filter(lines__icontains=words) | filters.filter(note__icontains=words)

    def save_model(self, request, obj, form, change):
        if not change:
            obj.by = request.user
        super().save_model(request, obj, form, change)


@admin.register(PendingPost)
class PendingPostAdmin(ModeratedRecords):
    list_display = ("__str__", "author", "why", "at", "decided_at", "decision")
    list_select_related = ("author", "decision")
    list_filter = (("decided_at", admin.EmptyFieldListFilter), "why")
    search_fields = ("pk", "author", "topic")
