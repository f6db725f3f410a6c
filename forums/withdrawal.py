"""Notifications of what has gone out of sight, or come back: they are kept, and do not count, show or go out as mail
while it is away."""

from collections import defaultdict

from django.db.models import Case, Exists, F, OuterRef, Q, When

from accounts.models import User
from forums import notices, permissions
from forums.models import Comment, News, Notification


def look_again(batch: list[News]) -> set[int]:
    """See to all that changed sight in `batch`; returns the members for whom it may count differently now.

    One query for each topic, three more where somebody has not read of it yet.
    """
    parts = defaultdict(list)
    for news in batch:
        if news.kind == News.Kind.SIGHT_CHANGED and news.topic is not None:
            parts[news.topic].append(news.comment_id)
    return {pk for topic, comments in parts.items() for pk in _look(topic, comments)}


def put_right(user) -> bool:
    """Rights change in ways of which nobody is told here, as when somebody leaves a group: have what has not been read
    counted as far as `user` can see it now. Returns whether that made a difference; one statement."""
    own = Notification.objects.of(user).filter(read_at=None).exclude(kind=Notification.Kind.MODERATED)
    can_be_seen = Case(When(notices.seen_by(user), then=True), default=False)
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
