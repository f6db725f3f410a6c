"""Retracts notifications about something that a member can no longer see, and restores them when it comes back.

A retracted notification is kept, but it is not counted, shown or mailed.
"""

from collections import defaultdict

from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.utils import timezone

from accounts.models import User
from forums import markup
from forums.access import permissions
from forums.models import Comment, Notification, OutboxEvent, Watch
from forums.notifications import inbox
from forums.notifications.preferences import WatchLevels

Kind = Notification.Kind


def recheck(batch: list[OutboxEvent]) -> set[int]:
    """Retract or restore notifications for the events of `batch` that changed who may see or is named by something.

    Returns the members whose unread counter may have changed. One query for each topic, and three more for a topic
    with unread notifications. Six statements at most for each edit that changed mentions or quotes.
    """
    comments_of = defaultdict(list)
    for event in batch:
        if event.kind == OutboxEvent.Kind.VISIBILITY_CHANGED and event.topic is not None:
            comments_of[event.topic].append(event.comment_id)
    concerned = {pk for topic, comments in comments_of.items() for pk in _recheck_topic(topic, comments)}
    edits = [event for event in batch if event.kind == OutboxEvent.Kind.MENTIONS_CHANGED]
    return concerned.union(*(_recheck_calls(event) for event in edits if event.comment is not None))


def correct(user) -> bool:
    """Retract or restore the unread notifications of `user` by what they may see now. Returns whether any changed.

    Needed because some changes of rights write no event, for instance leaving a group. One statement.
    """
    own = Notification.objects.of(user).filter(read_at=None).exclude(kind=Notification.Kind.MODERATED)
    can_be_seen = Case(When(inbox.may_be_seen_by(user), then=True), default=False)
    wrong = own.annotate(can_be_seen=can_be_seen).filter(is_withdrawn=F("can_be_seen"))
    return bool(wrong.update(is_withdrawn=Case(When(is_withdrawn=True, then=False), default=True)))


def _recheck_topic(topic, comments) -> set[int]:
    notifications = Notification.objects.filter(topic=topic, read_at=None).exclude(
        kind=Notification.Kind.MODERATED
    )
    if None not in comments:
        notifications = notifications.filter(comment__in=comments)
    concerned = set(notifications.values_list("member", flat=True).distinct())
    if concerned:
        members = User.objects.among(concerned).with_rights()
        without_access = [member.pk for member in members if not permissions.may_read(member, topic)]
        gone = Comment.objects.filter(pk=OuterRef("comment")).exclude(deleted_at=None, hidden_at=None)
        unseen = Q(member__in=User.objects.among(without_access).values("pk")) | Exists(gone)
        notifications.filter(unseen, is_withdrawn=False).update(is_withdrawn=True)
        notifications.filter(~unseen, is_withdrawn=True).update(is_withdrawn=False)
    return concerned


def _recheck_calls(event) -> set[int]:
    """Retract notifications of mentions and quotes that the comment no longer has, and restore those it has again.

    They also count as read, because otherwise `correct` would restore them. A member who watches the place keeps
    theirs as one of a new comment.
    """
    comment, notifications = event.comment, Notification.objects.filter(comment=event.comment)
    mentions, quotes = markup.calls(comment.body_html)
    quoted = set(Comment.objects.filter(pk__in=quotes).values_list("author", flat=True))
    levels = WatchLevels([event]).of(event)
    found = defaultdict(list)
    for note in notifications.filter(kind__in=[Kind.MENTIONED, Kind.QUOTED]).select_related("member"):
        is_called = note.member.username.lower() in mentions or note.member_id in quoted
        is_retracted = note.is_withdrawn and note.read_at is not None
        if is_called == is_retracted:
            is_kept = not is_called and levels.get(note.member_id) == Watch.Level.WATCHING
            found["back" if is_called else "kept" if is_kept else "gone"].append(note)
    watched = Kind.TOPIC_OPENED if comment.is_opening else Kind.COMMENT_ADDED
    changes = {
        "gone": {"is_withdrawn": True, "read_at": timezone.now()},
        "back": {"is_withdrawn": False, "read_at": None},
        "kept": {"kind": watched},
    }
    for name, notes in found.items():
        notifications.filter(pk__in=[note.pk for note in notes]).update(**changes[name])
    return {note.member_id for notes in found.values() for note in notes}
