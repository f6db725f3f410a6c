"""To look things up. Whatever changes here goes through the verbs, which keep counters and pages true."""

from django.contrib import admin
from django.core.paginator import Paginator

from forums.models import Comment, Topic


class Uncounted(Paginator):
    """Pages without COUNT(*), which takes seconds in millions of rows: there are as many as anybody looks through."""

    count = 50_000


class ReadOnly(admin.ModelAdmin):
    """Rows to look at, newest first."""

    paginator = Uncounted
    show_full_result_count = False
    list_per_page = 50
    ordering = ("-pk",)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        # Rows hang together by numbers and paths: taking one out breaks the rest.
        return False


def _verb(name, says):
    """An action that calls a topic's own verb; administrators only, as the list shows every category."""

    @admin.action(description=says)
    def act(self, request, topics):
        for topic in topics:
            getattr(topic, name)(**({"by": request.user} if name in ("lock", "pin") else {}))

    act.__name__ = name
    return act


@admin.register(Topic)
class TopicAdmin(ReadOnly):
    list_display = ("title", "category", "author", "created_at", "comment_count", "is_locked", "is_pinned")
    list_select_related = ("category", "author")
    search_fields = ("title__istartswith",)
    raw_id_fields = ("author", "last_author", "accepted")
    actions = (
        _verb("lock", "Lock the chosen topics"),
        _verb("unlock", "Unlock the chosen topics"),
        _verb("pin", "Pin the chosen topics"),
        _verb("unpin", "Unpin the chosen topics"),
    )

    @admin.display(boolean=True)
    def is_locked(self, topic):
        return topic.is_locked

    @admin.display(boolean=True)
    def is_pinned(self, topic):
        return topic.is_pinned

    def get_actions(self, request):
        return super().get_actions(request) if request.user.is_superuser else {}


@admin.register(Comment)
class CommentAdmin(ReadOnly):
    list_display = ("id", "topic", "seq", "author", "created_at", "is_deleted", "is_hidden")
    list_select_related = ("topic", "author")
    search_fields = ("=id", "=topic__id")
    raw_id_fields = ("topic", "parent", "author")

    @admin.display(boolean=True)
    def is_deleted(self, comment):
        return comment.is_deleted

    @admin.display(boolean=True)
    def is_hidden(self, comment):
        return comment.is_hidden
