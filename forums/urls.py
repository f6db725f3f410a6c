from django.urls import include, path, re_path

from forums.views.crawlers import site_files, sitemaps
from forums.views.debates import debates, persuasions, summaries
from forums.views.discussion import (
    categories,
    changes,
    comments,
    compact_list,
    feeds,
    moved,
    pictures,
    replies,
    search,
    tags,
    topics,
    votes,
)
from forums.views.member import (
    bookmarks,
    drafts,
    name_completion,
    notifications,
    unsubscribe,
    visits,
    watches,
    welcome,
)
from forums.views.moderation import (
    acts,
    appeals,
    background,
    log,
    pending,
    queue,
    raids,
    reports,
    rules,
    sanctions,
    slow_modes,
)
from forums.views.outcomes import editing, outcomes
from forums.views.records import records

# Old addresses of a forum whose name this site has now. Those that look like ours, such as /t/385, are not among them.
OLD_HERE = (
    r"^(?P<path>t/[^/]*[^/0-9][^/]*/[0-9]+(?:/[0-9]+)?|[pqa]/[0-9]+(?:/[0-9]+)?|questions(?:/[0-9]+(?:/[^/]+)*)?"
    r"|users/[^/]+(?:/[^/]+)?|(?:[^/]+/){0,2}view(?:topic|forum)\.php|(?:[^/]+/){0,2}memberlist\.php"
    r"|(?:pipermail|archives|hyperkitty/list|mailman/listinfo|mailman/private)/.+?)/?$"
)

# Django tries one pattern after the other, so those with the same beginning share it.
debate_urls = [
    path("debate/", debates.edit, name="debate-edit"),
    path("debate/question/", debates.ask, name="debate-ask"),
    path("debate/end/", debates.end, name="debate-end"),
    path("debate/cancel/", debates.cancel, name="debate-cancel"),
    path("debate/for/", debates.take_side, {"stand": "for"}, name="side-for"),
    path("debate/undecided/", debates.take_side, {"stand": "undecided"}, name="side-undecided"),
    path("debate/against/", debates.take_side, {"stand": "against"}, name="side-against"),
    path("debate/moved/", persuasions.name, name="debate-moved"),
    path("debate/remind/", debates.remind, name="debate-remind"),
    path("debate/forget/", debates.forget, name="debate-forget"),
    path("debate.ics", debates.show_calendar, name="debate-calendar"),
    path("summary/", summaries.show, name="debate-summary"),
    path("summary/outcome/", editing.of_debate, name="debate-outcome"),
]

one_topic_urls = [
    path("", topics.show, name="topic-find"),
    path("jump/", topics.jump, name="topic-jump"),
    path("reply/", replies.add, name="comment-add"),
    path("changes/", changes.show, name="topic-changes"),
    path("read/", visits.mark_read, name="topic-mark-read"),
    path("seen/", visits.see, name="topic-see"),
    path("lock/", acts.lock, name="topic-lock"),
    path("unlock/", acts.unlock, name="topic-unlock"),
    path("pin/", acts.pin, name="topic-pin"),
    path("unpin/", acts.unpin, name="topic-unpin"),
    path("move/", acts.move, name="topic-move"),
    path("watch/<slug:level>/", watches.choose_topic, name="topic-watch"),
    path("rename/", acts.rename, name="topic-rename"),
    path("retag/", acts.retag, name="topic-retag"),
    path("hide/", acts.hide_topic, name="topic-hide"),
    path("restore/", acts.restore_topic, name="topic-restore"),
    path("merge/", acts.merge, name="topic-merge"),
    path("moderate/", acts.of_topic, name="topic-moderate"),
    path("report/", reports.of_topic, name="topic-report"),
    path("slow/", slow_modes.change, name="topic-slow"),
    *debate_urls,
    path("<str:slug>/", topics.show, name="topic-show"),
]

topic_urls = [
    path("", topics.show_list, name="topic-list"),
    path("new/", topics.new, name="topic-new"),
    path("new/<slug:attached>/", topics.new, name="topic-new-with"),
    path("lists/<slug:view>/", compact_list.choose, name="list-choose"),
    path("t/<int:pk>/", include(one_topic_urls)),
]

comment_urls = [
    path("", comments.show, name="comment-show"),
    path("reply/", replies.answer, name="comment-reply"),
    path("menu/", comments.show_menu, name="comment-menu"),
    path("edit/", comments.edit, name="comment-edit"),
    path("history/", comments.history, name="comment-history"),
    path("delete/", comments.delete, name="comment-delete"),
    path("accept/", comments.accept, name="comment-accept"),
    path("unaccept/", comments.unaccept, name="comment-unaccept"),
    path("hide/", acts.hide, name="comment-hide"),
    path("restore/", acts.restore, name="comment-restore"),
    path("branch/hide/", acts.hide_branch, name="branch-hide"),
    path("branch/lock/", acts.lock_branch, name="branch-lock"),
    path("branch/unlock/", acts.unlock_branch, name="branch-unlock"),
    path("branch/split/", acts.split, name="branch-split"),
    path("moderate/", acts.of_comment, name="comment-moderate"),
    path("report/", reports.of_comment, name="comment-report"),
    path("moved/", persuasions.show, name="comment-moved"),
    path("vote/up/", votes.cast, {"value": 1}, name="vote-up"),
    path("vote/down/", votes.cast, {"value": -1}, name="vote-down"),
    path("vote/none/", votes.cast, {"value": 0}, name="vote-none"),
    path("bookmark/", bookmarks.add, name="bookmark-add"),
    path("forget/", bookmarks.remove, name="bookmark-remove"),
    path("fold/", bookmarks.fold, name="branch-fold"),
    path("unfold/", bookmarks.unfold, name="branch-unfold"),
    path("watch/<slug:level>/", watches.choose_branch, name="branch-watch"),
]

queue_urls = [
    path("moderation/", queue.show, name="queue-show"),
    path("moderation/chosen/<slug:name>/", queue.decide_all, name="queue-decide-all"),
    path("moderation/background/<int:pk>/", background.show, name="background-act-show"),
    path("moderation/raid/", raids.show, name="raid-show"),
    path("moderation/raid/remove/", raids.remove, name="raid-remove"),
    path("moderation/raid/<slug:key>/restore/", raids.restore, name="raid-restore"),
    path("moderation/<int:pk>/claim/", queue.claim, name="case-claim"),
    path("moderation/<int:pk>/release/", queue.release, name="case-release"),
    path("moderation/<int:pk>/<slug:name>/", queue.decide, name="case-decide"),
]

moderation_urls = [
    path("rules/", rules.show_list, name="rule-list"),
    path("reports/", reports.show_list, name="report-list"),
    path("u/<str:name>/moderation/", sanctions.show, name="member-moderate"),
    path("u/<str:name>/moderation/note/", sanctions.add_note, name="note-add"),
    path("u/<str:name>/moderation/finish/", sanctions.finish_removal, name="removal-finish"),
    path("u/<str:name>/moderation/<slug:kind>/", sanctions.impose, name="sanction-impose"),
    path("sanctions/<int:pk>/lift/", sanctions.lift, name="sanction-lift"),
    path("u/<str:name>/report/", reports.of_member, name="member-report"),
    path("modlog/", log.show_list, name="modlog-list"),
    path("modlog/<int:pk>/", log.show, name="modlog-show"),
    path("modlog/<int:pk>/undo/", log.undo, name="modlog-undo"),
    path("modlog/<int:pk>/appeal/", appeals.new, name="appeal-new"),
    path("appeals/from-outside/<str:key>/", appeals.from_outside, name="appeal-from-outside"),
    path("appeals/", appeals.show_list, name="appeal-list"),
    path("appeals/<int:pk>/", appeals.show, name="appeal-show"),
    path("appeals/<int:pk>/grant/", appeals.grant, name="appeal-grant"),
    path("appeals/<int:pk>/refuse/", appeals.refuse, name="appeal-refuse"),
]

record_urls = [
    path("records/", records.show_list, name="record-list"),
    path("records/chain.json", records.download_chain, name="record-chain"),
    path("records/verify_record.py", records.download_verifier, name="record-verifier"),
    path("records/<int:seq>/", records.show, name="record-show"),
    path("records/<int:seq>.json", records.download, name="record-file"),
]

crawler_urls = [
    path("robots.txt", site_files.robots, name="robots"),
    path("favicon.ico", site_files.favicon, name="favicon"),
    path(".well-known/security.txt", site_files.security, name="security"),
    path(".well-known/change-password", site_files.change_password, name="change-password"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-lists.xml", sitemaps.lists, name="sitemap-lists"),
    path("sitemap-<int:number>.xml", sitemaps.topics, name="sitemap-topics"),
]

urlpatterns = [
    *topic_urls,
    path("comments/<int:pk>/", include(comment_urls)),
    *queue_urls,
    *moderation_urls,
    *record_urls,
    path("decisions/", outcomes.show_list, name="outcome-list"),
    path("decisions/<int:pk>/", outcomes.show, name="outcome-show"),
    path("decisions/<int:pk>/withdraw/", outcomes.withdraw, name="outcome-withdraw"),
    path("debates/", summaries.show_list, name="debate-list"),
    path("c/", categories.show_list, name="category-list"),
    path("c/<str:slug>/", categories.show, name="category-show"),
    path("c/<str:slug>/watch/<slug:level>/", watches.choose_category, name="category-watch"),
    path("tags/", tags.show_list, name="tag-list"),
    path("tag/<str:name>/", tags.show, name="tag-show"),
    path("tag/<str:name>/watch/<slug:level>/", watches.choose_tag, name="tag-watch"),
    path("notifications/", notifications.show_list, name="notification-list"),
    path("notifications/count/", notifications.count, name="notification-count"),
    path("notifications/read/", notifications.mark_all_read, name="notification-read"),
    path("unsubscribe/<str:token>/", unsubscribe.show, name="unsubscribe"),
    path("welcome/", welcome.show, name="welcome"),
    path("watches/", watches.show_list, name="watch-list"),
    path("bookmarks/", bookmarks.show_list, name="bookmark-list"),
    path("drafts/", drafts.show_list, name="draft-list"),
    path("drafts/save/", drafts.save, name="draft-save"),
    path("drafts/<int:pk>/discard/", drafts.discard, name="draft-discard"),
    # Notifications that were sent long ago link to "held/", so these addresses stay.
    path("held/", pending.show_list, name="pending-list"),
    path("held/<int:pk>/", pending.show, name="pending-show"),
    path("held/<int:pk>/mend/", pending.mend, name="pending-mend"),
    path("held/<int:pk>/withdraw/", pending.withdraw, name="pending-withdraw"),
    path("held/<int:pk>/approve/", pending.approve, name="pending-approve"),
    path("held/<int:pk>/refuse/", pending.refuse, name="pending-refuse"),
    path("pictures/", pictures.upload, name="picture-upload"),
    path("pictures/<str:key>/", pictures.show, name="picture-show"),
    path("pictures/<str:key>/<int:width>/", pictures.show, name="picture-file"),
    path("pictures/<str:key>/moving/", pictures.show, {"is_moving": True}, name="picture-moving"),
    path("preview/", drafts.preview, name="preview"),
    path("mentions/", name_completion.complete_name, name="mention-list"),
    path("search/", search.show, name="search"),
    path("search/suggest/", search.suggest, name="search-suggest"),
    path("search/similar/", search.show_similar, name="topic-similar"),
    path("feed/latest/", feeds.LatestFeed(), name="feed-latest"),
    path("feed/c/<str:slug>/", feeds.CategoryFeed(), name="feed-category"),
    path("feed/tag/<str:name>/", feeds.TagFeed(), name="feed-tag"),
    path("feed/t/<int:pk>/", feeds.TopicFeed(), name="feed-topic"),
    path("feed/decisions/", feeds.DecisionsFeed(), name="feed-decisions"),
    path("feed/modlog/", feeds.ModerationLogFeed(), name="feed-modlog"),
    path("feed/records/", feeds.RecordsFeed(), name="feed-records"),
    *crawler_urls,
    path("moved/<str:host>/<path:path>", moved.show, name="moved-show"),
    re_path(OLD_HERE, moved.show_here, name="moved-show-here"),
]
