"""Pictures and previews in comments, read-only, and the files that are refused."""

from django.contrib import admin
from django.core.validators import RegexValidator

from config.admin.model_admin import FastModelAdmin
from forums.admin.records import LegibleRecords
from forums.models import BlockedPicture, LinkPreview, Picture


@admin.register(Picture)
class PictureAdmin(LegibleRecords):
    list_display = ("key", "owner", "comment", "state", "size", "created_at")
    list_select_related = ("owner", "comment")
    list_filter = ("state",)
    search_fields = ("owner", "comment")
    fields = (
        "key",
        "owner",
        "comment",
        "source",
        "digest",
        "state",
        "problem",
        "width",
        "height",
        "size",
        "created_at",
    )


@admin.register(BlockedPicture)
class BlockedPictureAdmin(FastModelAdmin):
    """Files that nobody can upload. Adding one removes it from all texts."""

    list_display = ("digest", "reason", "by", "at")
    list_select_related = ("by",)
    search_fields = ("digest",)
    fields = ("digest", "reason")
    actions = None

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        is_digest = RegexValidator("^[0-9a-f]{64}$", "A SHA-256 has 64 characters: 0 to 9 and a to f.")
        if "digest" in form.base_fields:
            form.base_fields["digest"].validators.append(is_digest)
        return form

    def matching(self, blocked, words):
        return blocked.filter(digest=words)

    def save_model(self, request, obj, form, change):
        obj.by = request.user
        super().save_model(request, obj, form, change)
        Picture.objects.filter(digest=obj.digest).release()


@admin.register(LinkPreview)
class LinkPreviewAdmin(LegibleRecords):
    list_display = ("address", "comment", "title", "state", "created_at")
    list_select_related = ("comment",)
    search_fields = ("comment",)
    fields = ("comment", "address", "title", "description", "site", "state", "created_at")
