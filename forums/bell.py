"""The number on the bell: what takes from it, and how a member's other tabs hear of that."""

from forums import live, notify, withdrawal
from forums.models import Notification


def tell(member_ids) -> None:
    """Tell these members' open pages how much waits for them. One query."""
    unread = Notification.objects.count_unread(member_ids)
    live.publish_each("notified", {live.member(pk): {"unread": number} for pk, number in unread.items()})


def see(user, page) -> None:
    """`page` (forums/thread.py) shows `user` its comments: what waits of them, and of their topic, has been seen.
    No query unless something does; then two. One more for comments that are so new that it may come only now."""
    if page.marks.unspread:
        notify.comments_seen(user, page.topic, page.marks.unspread)
    shown = page.marks.unread & {None, *page.shared.ids}
    if shown:
        own = Notification.objects.of(user)
        _take(user, own.see(page.topic, [pk for pk in shown if pk]))


def see_shown(user, topic, seqs: list[int]) -> None:
    """A page of `topic` that stayed open has shown `user` these comments since. Others that came meanwhile may stand in
    another branch than the page's, or be only counted there: they are told of for as long as they were not seen."""
    if seqs:
        shown = topic.comments.filter(seq__in=seqs).values("pk")
        notify.comments_seen(user, topic, shown)
        _take(user, Notification.objects.of(user).see(topic, shown))


def put_right(user) -> None:
    """Whoever opens the page of notifications finds as many as the bell says."""
    if withdrawal.put_right(user):
        unread = Notification.objects.count_unread([user.pk])
        user.unread_notifications = unread[user.pk]
        tell([user.pk])


def see_list(user, groups) -> None:
    """The page of notifications says itself what moderators did, and so that has been seen. Other words lead to
    something to be seen there."""
    told = [note.pk for group in groups.unread for note in group.notes if note.kind == note.Kind.MODERATED]
    if told:
        _take(user, Notification.objects.of(user).filter(pk__in=told).mark_all_read())


def see_all(user) -> None:
    _take(user, Notification.objects.of(user).mark_all_read())


def _take(user, number):
    if number:
        # This request's own page shows the bell, too.
        user.unread_notifications = max(getattr(user, "unread_notifications", 0) - number, 0)
        tell([user.pk])
