"""Registers with accounts a member's part in the discussions: profile, data export, deletion."""

from django.conf import settings
from django.core.files.storage import storages
from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.functions import Concat

from accounts.profiles import deletion, export, sections
from accounts.registries import user_annotations
from config.caching import cache_tags
from forums.listing import category_watches
from forums.listing.paging import NEWEST, compiled_pages
from forums.models import (
    Bookmark,
    Category,
    Collapse,
    Comment,
    Draft,
    Notification,
    Outcome,
    OutgoingMail,
    Persuasion,
    Picture,
    RecordText,
    Reminder,
    SideChange,
    Topic,
    Visit,
    Watch,
)
from forums.tags.seen import is_seen


def register() -> None:
    user_annotations.register("category_watches", category_watches.column)
    user_annotations.register("unread_notifications", Notification.objects.counted)
    sections.register("topics", "Topics", _topics)
    sections.register("comments", "Comments", _comments)
    export.register("topics", _export_topics)
    export.register("comments", lambda user: user.comments.values(*_COMMENT))
    export.register("votes", lambda user: user.votes.values("comment", "value", "side", "created_at"))
    export.register("bookmarks", lambda user: user.bookmarks.values("comment", "created_at"))
    export.register(
        "drafts", lambda user: user.drafts.values("topic", "parent", "title", "tags", "body", "updated_at")
    )
    export.register("watches", _export_watches)
    export.register("notifications", lambda user: user.notifications.values(*_NOTIFICATION))
    export.register("reports", lambda user: user.reports_made.values(*_REPORT))
    export.register(
        "sides", lambda user: SideChange.objects.filter(member=user).values("debate", "stand", "at")
    )
    export.register("persuasions", lambda user: user.persuasions.values(*_PERSUASION))
    export.register("outcomes", lambda user: user.outcome_changes.values(*_OUTCOME))
    export.register("reminders", lambda user: user.reminders.values("debate", "created_at"))
    export.register("pending_posts", lambda user: user.pending_posts.values(*_PENDING_POST))
    export.register("pictures", _export_pictures, _picture_files)
    export.register("appeals", lambda user: user.appeals.values(*_APPEAL))
    deletion.register(_forget)


_COMMENT = ("pk", "topic", "seq", "parent", "body", "created_at", "edited_at", "deleted_at", "ups", "downs")
_PENDING_POST = (
    "topic",
    "parent",
    "title",
    "tags",
    "body",
    "why",
    "at",
    "decided_at",
    "decision__verb",
    "decision__reason",
)
_OUTCOME = ("outcome", "at", "event", "decision", "carried_by", "review_on")
_PERSUASION = ("comment", "came", "change__stand", "is_named", "at")
_WATCH = ("topic", "comment", "category", "level", "created_at")
_REPORT = ("comment", "topic", "member", "rule__title", "words", "created_at", "case__closed_at")
_APPEAL = ("action", "words", "created_at", "decided_at", "decision__verb", "decision__reason")
_NOTIFICATION = ("kind", "topic", "comment", "words", "created_at", "read_at", "emailed_at")


def _export_pictures(user):
    """Export the uploads with the addresses of their files. Those of deleted texts have none."""
    start = Value(f"{settings.SITE_URL}/pictures/")
    address = Concat(start, "key", Value("/"), output_field=CharField())
    told = ("comment", "created_at", "width", "height", "size", "digest", "state", "problem", "is_moving")
    return user.pictures.present().filter(source="").values(*told, "key", "folder", "widths", address=address)


def _picture_files(record) -> dict[str, bytes]:
    """Return the animation or the largest file of a picture, by its name in the zip. Without one, `file` is null."""
    key, folder, widths = (record.pop(name) for name in ("key", "folder", "widths"))
    record["file"] = None
    if record["state"] != Picture.State.READY:
        return {}
    try:
        stored = Picture(folder=folder)
        name = stored.moving_file if record["is_moving"] else stored.file(widths[-1], "webp")
        with storages["pictures"].open(name) as file:
            content = file.read()
    except FileNotFoundError:
        return {}
    record["file"] = f"pictures/{key}.webp"
    return {record["file"]: content}


def _export_watches(user):
    """Export watches without names of tags that the member does not see any more."""
    names = user.watches.filter(tag__isnull=False).values_list("tag__name", flat=True)
    seen = When(tag__name__in=[name for name in names if is_seen(user, name)], then=F("tag__name"))
    return user.watches.values(*_WATCH, tag_name=Case(seen, output_field=CharField()))


def _export_topics(user):
    """Export topics without names of categories that the member may not see. Topics can be moved into those."""
    seen = When(category__in=Category.objects.visible_to(user), then=F("category__name"))
    return user.topics.values("pk", "title", "tags", "created_at", category_name=Case(seen))


def _topics(request, member):
    return "forums/members/topics.html", {"pages": _topics_by(request, request.user, member.pk)}


def _comments(request, member):
    return "forums/members/comments.html", {"pages": _comments_by(request, request.user, member.pk)}


_topics_by = compiled_pages(
    lambda viewer, author: Topic.objects.for_list(viewer).filter(author=author).rows(), NEWEST
)
_comments_by = compiled_pages(
    lambda viewer, author: (
        Comment.objects.visible_to(viewer).readable().filter(author=author, seq__gt=1).rows()
    ),
    NEWEST,
)


def _forget(user):
    """Delete the private data of a member who leaves, and invalidate pages that show the name. Votes stay counted."""
    for model in (
        Bookmark,
        Collapse,
        Draft,
        OutgoingMail,
        Notification,
        RecordText,
        Reminder,
        Visit,
        Watch,
    ):
        model.objects.filter(member=user).delete()
    Persuasion.objects.withdraw_all(user)
    # Cases and decisions stay. The words that the member wrote to moderators do not.
    user.reports_made.update(words="")
    user.appeals.update(words="")
    user.pictures.filter(comment=None).release()
    user.pictures.update(owner=None)
    user.pending_posts.all().delete()  # together with undecided cases about them
    user.origins.all().delete()  # the name they had elsewhere
    user.old_addresses.all().delete()  # have that name, too
    written_in = list(user.comments.values_list("topic_id", flat=True).distinct())
    # Outcomes stay, too, and name their members.
    named = Outcome.objects.filter(Q(decided_by=user) | Q(carrier=user))
    written_in += named.values_list("topic_id", flat=True)
    # As if comments had been moved, so that open pages begin anew and no process keeps the facts of comments.
    Topic.objects.filter(pk__in=written_in).update(version=F("version") + 1, rearranged_in=F("version") + 1)
    cache_tags.invalidate(
        cache_tags.LISTS, cache_tags.of_member(user.username), *map(cache_tags.of_topic, written_in)
    )
