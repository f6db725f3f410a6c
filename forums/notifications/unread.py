"""The unread counter: marks notifications as read and publishes the new number to the member's open pages."""

from django.db.models import Exists, OuterRef, Q

from forums.live import streams
from forums.models import Comment, Notification, OutboxEvent, Watch
from forums.models.notifications import outbox
from forums.notifications import retraction


def publish(member_ids) -> None:
    """Publish to these members' open pages how many notifications are unread. One query."""
    unread = Notification.objects.count_unread(member_ids)
    streams.publish_each(
        "notified", {streams.member(pk): {"unread": number} for pk, number in unread.items()}
    )


def mark_page_read(user, own) -> None:
    """Mark as read what the page `own` (`topic_page.OwnPage`) shows to `user`: notifications about its comments and
    its topic.

    No query if none is unread, otherwise two. One more if the page shows comments that are not dispatched yet.
    """
    if own.viewer.undispatched:
        _write_seen(user, own.topic, own.viewer.undispatched)
    shown = own.viewer.unread & {None, *own.page.shared.rows}
    if shown:
        notes = Notification.objects.of(user)
        _count_down(user, notes.see(own.topic, [pk for pk in shown if pk]))


def mark_shown_read(user, topic, seqs: list[int]) -> None:
    """Mark as read the comments that an open page of `topic` has shown `user` since it was loaded.

    Other new comments stay unread: they may be in another branch, or the page may only have counted them.
    """
    if seqs:
        shown = Comment.objects.numbered((topic.pk, seq) for seq in seqs).values("pk")
        _write_seen(user, topic, shown)
        _count_down(user, Notification.objects.of(user).see(topic, shown))


def correct(user) -> None:
    """Correct the unread counter, so that the page of notifications shows as many as the counter says."""
    if retraction.correct(user):
        unread = Notification.objects.count_unread([user.pk])
        user.unread_notifications = unread[user.pk]
        publish([user.pk])


def mark_list_read(user, groups) -> None:
    """Mark as read what the page of notifications says in full: moderators' acts. Other notifications stay unread,
    because they lead to something that the member has not seen yet."""
    read = [
        note.pk for group in groups.unread for note in group.notifications if note.kind == note.Kind.MODERATED
    ]
    if read:
        _count_down(user, Notification.objects.of(user).filter(pk__in=read).mark_all_read())


def mark_all_read(user) -> None:
    """Mark all notifications as read. Two queries."""
    _count_down(user, Notification.objects.of(user).mark_all_read())


def _write_seen(user, topic, comments) -> None:
    """Write to the outbox which of `comments` the user saw before their notifications exist. One query, and one
    statement if there is any such comment."""
    waiting = OutboxEvent.objects.of_comments(comments).filter(_may_concern(user, topic)).exclude(actor=user)
    written = OutboxEvent.objects.filter(
        kind=OutboxEvent.Kind.COMMENT_SEEN, actor=user, comment=OuterRef("comment")
    )
    seen = waiting.exclude(Exists(written)).values_list("comment", flat=True).distinct()
    outbox.comments_seen(user, topic, seen)


def _may_concern(member, topic) -> Q:
    """Events that may become a notification for `member`. Some will not, because a nearer watch can overrule."""
    category = topic.category
    places = Q(topic=topic) | Q(comment__topic=topic) | Q(category__in=[category.pk, category.parent_id])
    watching = Watch.objects.filter(places, member=member, level=Watch.Level.WATCHING)
    named = Q(facts__mentions__contains=member.username.lower())
    return Q(Exists(watching)) | Q(comment__parent__author=member) | named | ~Q(facts__quotes=[])


def _count_down(user, number):
    if number:
        # The page that this request answers shows the counter, too.
        user.unread_notifications = max(getattr(user, "unread_notifications", 0) - number, 0)
        publish([user.pk])
