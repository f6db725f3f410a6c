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
    comments_of = defaultdict(list)
    for event in batch:
        if event.kind == OutboxEvent.Kind.VISIBILITY_CHANGED and event.topic is not None:
            comments_of[event.topic].append(event.comment_id)
    return {pk for topic, comments in comments_of.items() for pk in _recheck_topic(topic, comments)}


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
