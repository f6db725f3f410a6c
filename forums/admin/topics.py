"""Topics and comments, read-only. The actions use the moderation acts, which keep counters and pages correct."""

from django.contrib import admin
from django.db.models import Max, Q

from config.admin.model_admin import ReadOnlyModelAdmin
from forums.access import permissions
from forums.models import Category, Comment, Topic
from forums.moderation.acts import topics as moderation
from forums.search import query, stems
from forums.search.find import indexed

TITLED, NEWEST = 1_000, 10_000
"""The newest topics that the index finds by words, and those whose titles are read themselves."""


def _verb(verb, says):
    """An admin action that does a moderation act, with its line in the log."""

    @admin.action(description=says)
    def act(self, request, topics):
        for topic in topics:
            verb(topic, by=request.user)

    act.__name__ = verb.__name__
    return act


class OfSeenCategories(admin.RelatedFieldListFilter):
    def field_choices(self, field, request, model_admin):
        seen = Category.objects.visible_to(request.user).in_order()
        return [(category.pk, str(category)) for category in seen]


@admin.register(Topic)
class TopicAdmin(ReadOnlyModelAdmin):
    list_display = ("title", "category", "author", "created_at", "comment_count", "is_locked", "is_pinned")
    list_select_related = ("category", "author")
    list_filter = (("category", OfSeenCategories),)
    search_fields = ("pk", "author")
    search_help_text = "The number of a topic, or words of its title"
    actions = (
        _verb(moderation.lock, "Lock the chosen topics"),
        _verb(moderation.unlock, "Unlock the chosen topics"),
        _verb(moderation.pin, "Pin the chosen topics"),
        _verb(moderation.unpin, "Unpin the chosen topics"),
    )

    def get_queryset(self, request):
        """Includes deleted topics for administrators."""
        topics = super().get_queryset(request)
        return topics if request.user.is_superuser else topics.visible_to(request.user)

    def matching(self, topics, words):
        """Finds titles by the search index, which lacks those of hidden openings, and reads the newest ones itself."""
        if words.isdecimal():
            return topics.filter(pk=words)
        languages = {stems.language_of(category) for category in Category.objects.all()}
        titled = query.tsquery(query.read(words), languages, is_loose=True, titles=True)
        openings = (
            Comment.objects.filter(pk__among=indexed(titled, TITLED)) if titled else Comment.objects.none()
        )
        newest = Q(pk__gt=(Topic.objects.aggregate(last=Max("pk"))["last"] or 0) - NEWEST)
        for word in words.split():
            newest &= Q(title__icontains=word)
        return topics.filter(Q(pk__among=list(openings.values_list("topic", flat=True))) | newest)

    @admin.display(boolean=True)
    def is_locked(self, topic):
        return topic.is_locked

    @admin.display(boolean=True)
    def is_pinned(self, topic):
        return topic.is_pinned

    def get_actions(self, request):
        return super().get_actions(request) if permissions.is_moderator(request.user) else {}


@admin.register(Comment)
class CommentAdmin(ReadOnlyModelAdmin):
    list_display = ("id", "topic", "seq", "author", "created_at", "is_deleted", "is_hidden")
    list_select_related = ("topic", "author")
    search_fields = ("pk", "topic", "author")
    search_help_text = "The number of a comment or topic, or the start of a member's name"

    def get_queryset(self, request):
        comments, user = super().get_queryset(request), request.user
        return comments if user.is_superuser else comments.visible_to(user).legible_to(user)

    @admin.display(boolean=True)
    def is_deleted(self, comment):
        return comment.is_deleted

    @admin.display(boolean=True)
    def is_hidden(self, comment):
        return comment.is_hidden
