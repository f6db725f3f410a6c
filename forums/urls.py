from django.urls import path

from forums import feeds
from forums.views import (
    bookmarks,
    categories,
    changes,
    comments,
    drafts,
    members,
    moderation,
    notifications,
    queue,
    replies,
    search,
    slow_modes,
    topics,
    visits,
    votes,
    watches,
)

topic_urls = [
    path("", topics.show_list, name="topic-list"),
    path("new/", topics.new, name="topic-new"),
    path("new/<slug:attached>/", topics.new, name="topic-new-with"),
    path("t/<int:pk>/", topics.show, name="topic-find"),
    path("t/<int:pk>/reply/", replies.add, name="comment-add"),
    path("t/<int:pk>/changes/", changes.show, name="topic-changes"),
    path("t/<int:pk>/read/", visits.mark_read, name="topic-mark-read"),
    path("t/<int:pk>/seen/", visits.see, name="topic-see"),
    path("t/<int:pk>/lock/", moderation.lock, name="topic-lock"),
    path("t/<int:pk>/unlock/", moderation.unlock, name="topic-unlock"),
    path("t/<int:pk>/pin/", moderation.pin, name="topic-pin"),
    path("t/<int:pk>/unpin/", moderation.unpin, name="topic-unpin"),
    path("t/<int:pk>/move/", moderation.move, name="topic-move"),
    path("t/<int:pk>/watch/<slug:level>/", watches.choose_topic, name="topic-watch"),
    path("t/<int:pk>/slow/", slow_modes.change, name="topic-slow"),
    path("t/<int:pk>/<slug:slug>/", topics.show, name="topic-show"),
]

comment_urls = [
    path("comments/<int:pk>/", comments.show, name="comment-show"),
    path("comments/<int:pk>/edit/", comments.edit, name="comment-edit"),
    path("comments/<int:pk>/history/", comments.history, name="comment-history"),
    path("comments/<int:pk>/delete/", comments.delete, name="comment-delete"),
    path("comments/<int:pk>/accept/", comments.accept, name="comment-accept"),
    path("comments/<int:pk>/unaccept/", comments.unaccept, name="comment-unaccept"),
    path("comments/<int:pk>/hide/", moderation.hide, name="comment-hide"),
    path("comments/<int:pk>/restore/", moderation.restore, name="comment-restore"),
    path("comments/<int:pk>/vote/up/", votes.cast, {"value": 1}, name="vote-up"),
    path("comments/<int:pk>/vote/down/", votes.cast, {"value": -1}, name="vote-down"),
    path("comments/<int:pk>/vote/none/", votes.cast, {"value": 0}, name="vote-none"),
    path("comments/<int:pk>/bookmark/", bookmarks.add, name="bookmark-add"),
    path("comments/<int:pk>/forget/", bookmarks.remove, name="bookmark-remove"),
    path("comments/<int:pk>/fold/", bookmarks.fold, name="branch-fold"),
    path("comments/<int:pk>/unfold/", bookmarks.unfold, name="branch-unfold"),
    path("comments/<int:pk>/watch/<slug:level>/", watches.choose_branch, name="branch-watch"),
]

queue_urls = [
    path("moderation/", queue.show, name="queue-show"),
    path("moderation/chosen/<slug:name>/", queue.decide_all, name="queue-decide-all"),
    path("moderation/<int:pk>/claim/", queue.claim, name="case-claim"),
    path("moderation/<int:pk>/release/", queue.release, name="case-release"),
    path("moderation/<int:pk>/<slug:name>/", queue.decide, name="case-decide"),
]

urlpatterns = [
    *topic_urls,
    *comment_urls,
    *queue_urls,
    path("c/", categories.show_list, name="category-list"),
    path("c/<slug:slug>/", categories.show, name="category-show"),
    path("c/<slug:slug>/watch/<slug:level>/", watches.choose_category, name="category-watch"),
    path("notifications/", notifications.show_list, name="notification-list"),
    path("notifications/read/", notifications.mark_all_read, name="notification-read"),
    path("watches/", watches.show_list, name="watch-list"),
    path("bookmarks/", bookmarks.show_list, name="bookmark-list"),
    path("drafts/", drafts.show_list, name="draft-list"),
    path("drafts/save/", drafts.save, name="draft-save"),
    path("drafts/<int:pk>/discard/", drafts.discard, name="draft-discard"),
    path("preview/", drafts.preview, name="preview"),
    path("mentions/", members.complete_name, name="mention-list"),
    path("search/", search.show, name="search"),
    path("feed/latest/", feeds.Latest(), name="feed-latest"),
    path("feed/c/<slug:slug>/", feeds.OfCategory(), name="feed-category"),
    path("feed/t/<int:pk>/", feeds.OfTopic(), name="feed-topic"),
]
