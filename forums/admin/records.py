"""Other rows of the discussion, read-only.

Drafts, watches and notifications are private. Of those the admin shows only what is needed to see that the site works.
"""

from django.contrib import admin

from config.admin.model_admin import ReadOnlyModelAdmin
from forums.models import (
    Bookmark,
    Collapse,
    Comment,
    Draft,
    Notification,
    OldAddress,
    Origin,
    OutboxEvent,
    OutgoingMail,
    PendingRecord,
    Record,
    RecordText,
    Revision,
    SearchEntry,
    SearchUpdate,
    SlowMode,
    Topic,
    Visit,
    Vote,
    Watch,
)


class VisibleRecords(ReadOnlyModelAdmin):
    """Read-only rows about topics or comments that the viewer may see. `seen_by` is the column and its model."""

    seen_by: tuple

    def get_queryset(self, request):
        rows, (column, model) = super().get_queryset(request), self.seen_by
        if request.user.is_superuser:
            return rows
        return rows.filter(**{f"{column}__in": model.objects.visible_to(request.user)})


class LegibleRecords(VisibleRecords):
    """Records with texts or pictures of comments. Those of hidden comments are for administrators alone."""

    seen_by = ("comment", Comment)

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        return rows.filter(comment__in=Comment.objects.legible_to(request.user))


@admin.register(Revision)
class RevisionAdmin(LegibleRecords):
    list_display = ("comment", "written_at", "replaced_at", "replaced_by")
    list_select_related = ("comment", "replaced_by")
    search_fields = ("comment",)


@admin.register(Vote)
class VoteAdmin(VisibleRecords):
    list_display = ("member", "comment", "value", "created_at")
    list_select_related = ("member", "comment")
    search_fields = ("member", "comment")
    seen_by = ("comment", Comment)


@admin.register(Visit)
class VisitAdmin(VisibleRecords):
    list_display = ("member", "topic", "baseline_seq", "latest_seq", "seen_at")
    list_select_related = ("member", "topic")
    search_fields = ("member", "topic")
    seen_by = ("topic", Topic)


@admin.register(Bookmark)
class BookmarkAdmin(VisibleRecords):
    list_display = ("member", "comment", "created_at")
    list_select_related = ("member", "comment")
    search_fields = ("member", "comment")
    seen_by = ("comment", Comment)


@admin.register(Collapse)
class CollapseAdmin(VisibleRecords):
    list_display = ("member", "comment")
    list_select_related = ("member", "comment")
    search_fields = ("member", "comment")
    seen_by = ("comment", Comment)


@admin.register(Draft)
class DraftAdmin(ReadOnlyModelAdmin):
    """Shows who has a draft and since when, but neither its text nor its place."""

    list_display = fields = ("member", "updated_at")
    list_select_related = ("member",)
    search_fields = ("member",)


@admin.register(Watch)
class WatchAdmin(ReadOnlyModelAdmin):
    list_display = fields = ("member", "level", "created_at")
    list_select_related = ("member",)
    search_fields = ("member",)


@admin.register(Notification)
class NotificationAdmin(ReadOnlyModelAdmin):
    list_display = fields = ("member", "kind", "created_at", "read_at", "due_at", "emailed_at")
    list_select_related = ("member",)
    search_fields = ("member",)


@admin.register(OutboxEvent)
class NewsAdmin(ReadOnlyModelAdmin):
    """Events that wait for their dispatch. A row that stays here has failed."""

    list_display = fields = ("pk", "kind", "created_at", "failures")


@admin.register(OutgoingMail)
class LetterAdmin(ReadOnlyModelAdmin):
    """Outgoing mail. A row without attempts left was refused by the mail server."""

    list_display = fields = ("member", "created_at", "due_at", "attempts")
    list_select_related = ("member",)
    search_fields = ("member",)


@admin.register(Origin)
class OriginAdmin(ReadOnlyModelAdmin):
    list_display = ("source", "member", "category", "comment")
    list_select_related = ("member", "category", "comment")
    search_fields = ("member", "comment")
    search_help_text = "The start of a member's name, the number of a comment, or the whole source"

    def matching(self, origins, words):
        return origins.filter(source=words) | super().matching(origins, words)


@admin.register(OldAddress)
class OldAddressAdmin(ReadOnlyModelAdmin):
    list_display = ("host", "key", "comment", "member", "category_id")
    list_select_related = ("comment", "member")
    search_fields = ("member", "comment")
    search_help_text = "The start of a member's name, the number of a comment, or: forum.example.org t/385/4"

    def matching(self, old_addresses, words):
        host, _, key = words.partition(" ")
        return old_addresses.filter(host=host, key=key) | super().matching(old_addresses, words)


@admin.register(SlowMode)
class SlowModeAdmin(VisibleRecords):
    list_display = ("topic", "branch", "seconds", "scope", "set_by", "set_at")
    list_select_related = ("topic", "branch", "set_by")
    search_fields = ("topic",)
    seen_by = ("topic", Topic)


@admin.register(SearchEntry)
class SearchEntryAdmin(VisibleRecords):
    """Which comments search can find, without their words."""

    list_display = ("comment", "has_picture", "has_poll")
    list_select_related = ("comment",)
    search_fields = ("comment",)
    fields = ("comment", "has_picture", "has_poll")
    seen_by = ("comment", Comment)


@admin.register(SearchUpdate)
class SearchUpdateAdmin(ReadOnlyModelAdmin):
    list_display = ("id", "comment_id", "topic_id", "category_id", "below")
    search_fields = ("comment_id", "topic_id")


@admin.register(Record)
class RecordAdmin(VisibleRecords):
    """Links of the chain. Their content is on the site's own pages, without the texts that the viewer may not read."""

    seen_by = ("topic", Topic)
    list_display = ("seq", "kind", "address", "made_at", "hash")
    fields = ("seq", "kind", "number", "address", "made_at", "previous", "content_hash", "hash")
    search_fields = ("topic",)

    def get_queryset(self, request):
        return super().get_queryset(request).defer("content")


@admin.register(RecordText)
class RecordTextAdmin(ReadOnlyModelAdmin):
    """Texts in records, without the texts: whose they are, and the hashes that stand for them."""

    list_display = fields = ("record_id", "hash", "comment", "member")
    list_select_related = ("comment", "member")
    search_fields = ("member",)

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.none()


@admin.register(PendingRecord)
class PendingRecordAdmin(VisibleRecords):
    seen_by = ("topic", Topic)
    list_display = fields = ("kind", "number", "address", "at")
    search_fields = ("topic",)
