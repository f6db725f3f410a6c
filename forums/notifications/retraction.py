"""Retracts notifications about something that a member can no longer see, and restores them when it comes back.

A retracted notification is kept, but it is not counted, shown or mailed.
"""

from collections import defaultdict

from django.db.models import Case, Exists, F, OuterRef, Q, When

from accounts.models import User
from forums.access import permissions
from forums.models import Comment, Notification, OutboxEvent
from forums.notifications import inbox


def recheck(batch: list[OutboxEvent]) -> set[int]:
    """Retract or restore notifications for the events of `batch` that changed who may see something.

    Returns the members whose unread counter may have changed. One query for each topic, and three more for a topic
    with unread notifications.
    """
    parts = defaultdict(list)
    for news in batch:
        if news.kind == OutboxEvent.Kind.VISIBILITY_CHANGED and news.topic is not None:
            parts[news.topic].append(news.comment_id)
    return {pk for topic, comments in parts.items() for pk in _look(topic, comments)}


def put_right(user) -> bool:
    """Retract or restore the unread notifications of `user` by what they may see now. Returns whether any changed.

    Needed because some changes of rights write no event, for instance leaving a group. One statement.
    """
    own = Notification.objects.of(user).filter(read_at=None).exclude(kind=Notification.Kind.MODERATED)
    can_be_seen = Case(When(inbox.seen_by(user), then=True), default=False)
    wrong = own.annotate(can_be_seen=can_be_seen).filter(is_withdrawn=F("can_be_seen"))
    return bool(wrong.update(is_withdrawn=Case(When(is_withdrawn=True, then=False), default=True)))


def _look(topic, comments) -> set[int]:
    told = Notification.objects.filter(topic=topic, read_at=None).exclude(kind=Notification.Kind.MODERATED)
    if None not in comments:
        told = told.filter(comment__in=comments)
    concerned = set(told.values_list("member", flat=True).distinct())
    if concerned:
        members = User.objects.among(concerned).with_rights()
        blind = [member.pk for member in members if not permissions.may_read(member, topic)]
        gone = Comment.objects.filter(pk=OuterRef("comment")).exclude(deleted_at=None, hidden_at=None)
        unseen = Q(member__in=User.objects.among(blind).values("pk")) | Exists(gone)
        told.filter(unseen, is_withdrawn=False).update(is_withdrawn=True)
        told.filter(~unseen, is_withdrawn=True).update(is_withdrawn=False)
    return concerned
