from django.contrib import admin

from config.admin.model_admin import FastModelAdmin
from forums.models import Tag, Topic
from forums.models.community.tag import name_of
from forums.tags import seen


@admin.register(Tag)
class TagAdmin(FastModelAdmin):
    """Tags. Renaming one and making it a synonym of another changes its topics. One that is used cannot be deleted."""

    list_display = ("name", "synonym_of", "description")
    list_select_related = ("synonym_of",)
    search_fields = ("name",)
    autocomplete_fields = ("synonym_of",)
    ordering = ("name",)
    actions = None
    fields = ("name", "synonym_of", "description")

    def get_queryset(self, request):
        """Leaves out tags of topics that only others may see, except for administrators."""
        tags, user = super().get_queryset(request), request.user
        return tags if user.is_superuser else tags.filter(name__in=seen.counted(user))

    def matching(self, tags, words):
        try:
            return tags.filter(name__startswith=name_of(words))
        except ValueError:
            return tags.none()

    def save_model(self, request, tag, form, change):
        tag.change()

    def has_delete_permission(self, request, obj=None):
        is_used = obj and (obj.synonyms.exists() or Topic.objects.tagged(obj.name).exists())
        return super().has_delete_permission(request, obj) and not is_used
