"""Lists a member's notifications in groups by topic: unread groups first, then the newest."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from django.core.exceptions import BadRequest
from django.db.models import BigIntegerField, Case, Count, ExpressionWrapper, F, Max, Q, When, Window
from django.db.models.functions import Coalesce, RowNumber

from forums.access import permissions
from forums.models import Comment, Notification, Topic
from forums.models.discussion.comment_queries import beginning_of

SIZE = 20
"""Groups on a page."""
SHOWN = 3
"""Notifications of a group that are listed one by one."""
Kind = Notification.Kind
# A moderator's act is a group of its own, because members see it even if they can no longer see the topic.
_ALONE = ExpressionWrapper(-F("pk"), BigIntegerField())
_GROUP = Case(
    When(kind=Kind.MODERATED, then=_ALONE),
    default=Coalesce("topic", _ALONE, output_field=BigIntegerField()),
    output_field=BigIntegerField(),
)
_COLUMNS = {"group": _GROUP, "is_unread": Q(read_at=None)}


def visible(user):
    """Filter the notifications that `user` may see now. Includes all that moderators did to what they wrote."""
    shown = Q(kind=Kind.MODERATED) | may_be_seen_by(user)
    return Notification.objects.of(user).filter(shown, is_withdrawn=False)


def may_be_seen_by(user) -> Q:
    """Build the condition for notifications about something that `user` may see now."""
    readable = Q(comment=None) | Q(comment__deleted_at=None, comment__hidden_at=None)
    return readable & (Q(topic=None) | Q(topic__in=Topic.objects.visible_to(user)))


def with_items(notifications):
    """Load with each what it is about, without texts. The inbox and mails need it."""
    found = notifications.select_related("actor", "comment", "topic__category__parent")
    return found.defer("comment__body", "comment__body_html")


def name_items(notifications, user) -> None:
    """Set `title` of moderators' acts to that of the topic, and `shows_text` of all. No query.

    Leaves out what `user` may not see. Members may always see what they wrote themselves.
    """
    for note in notifications:
        note.shows_text = note.comment is not None and not note.words
        if note.kind != Kind.MODERATED or note.topic is None:
            continue
        may_read = permissions.may_read(user, note.topic)
        is_own = note.topic.author_id == user.pk and permissions.may_see(user, note.topic.category)
        note.title = note.topic.title if may_read or is_own else ""
        if note.comment is not None and not note.comment.is_deleted:
            note.shows_text = note.comment.author_id == user.pk or (may_read and not note.comment.is_hidden)


@dataclass
class Group:
    """The notifications about one topic. A moderator's act, or one without a topic, is a group of its own."""

    is_unread: bool
    last: int
    count: int
    replies: int
    notifications: list[Notification] = field(default_factory=list)
    """The newest first, at most SHOWN."""

    @property
    def latest(self) -> Notification:
        return self.notifications[0]

    @property
    def topic(self) -> Topic | None:
        return None if self.latest.kind == Kind.MODERATED else self.latest.topic

    @property
    def more(self) -> int:
        return self.count - len(self.notifications)


class Groups:
    """One page of groups. Two queries.

    `?before=` names the last group of the previous page. Raises `BadRequest` if it cannot be read.
    """

    def __init__(self, request):
        self.request, self.user = request, request.user
        self.before = request.GET.get("before", "")
        if self.before and not re.fullmatch(r"[01]_[1-9][0-9]{0,17}", self.before):
            raise BadRequest("This link does not lead to a page of your notifications. Open the list again.")

    @cached_property
    def rows(self) -> list[Group]:
        """The groups of the page, and one more if there is a next page."""
        found = {(row["group"], row["is_unread"]): row for row in self._page()[: SIZE + 1]}
        groups = {key: Group(key[1], row["last"], row["count"], row["replies"]) for key, row in found.items()}
        notifications = self._notifications({group for group, _ in found})
        name_items(notifications, self.user)
        for note in notifications:
            if (note.group, note.is_unread) in groups:
                groups[note.group, note.is_unread].notifications.append(note)
        return list(groups.values())

    def __iter__(self):
        return iter(self.rows[:SIZE])

    def __len__(self):
        return min(len(self.rows), SIZE)

    @property
    def unread(self) -> list[Group]:
        return [group for group in self if group.is_unread]

    @property
    def read(self) -> list[Group]:
        return [group for group in self if not group.is_unread]

    @property
    def older(self) -> str:
        if len(self.rows) <= SIZE:
            return ""
        last = self.rows[SIZE - 1]
        return f"?before={int(last.is_unread)}_{last.last}"

    @property
    def newest(self) -> str:
        return self.request.path if self.before else ""

    def _visible(self):
        return visible(self.user).annotate(**_COLUMNS)

    def _page(self):
        replies = Q(comment__isnull=False) & ~Q(kind__in=[Kind.TOPIC_OPENED, Kind.MODERATED])
        columns = {"last": Max("pk"), "count": Count("pk"), "replies": Count("pk", filter=replies)}
        groups = self._visible().values("group", "is_unread").annotate(**columns)
        if self.before:
            is_unread, last = map(int, self.before.split("_"))
            beyond = Q(is_unread=bool(is_unread), last__lt=last)
            groups = groups.filter(beyond | Q(is_unread=False) if is_unread else beyond)
        return groups.order_by("-is_unread", "-last")

    def _notifications(self, groups):
        place = Window(RowNumber(), partition_by=["group", "is_unread"], order_by="-pk")
        newest = self._visible().filter(group__in=groups).annotate(place=place).filter(place__lte=SHOWN)
        shown = Notification.objects.filter(pk__in=newest.values("pk")).annotate(**_COLUMNS)
        return list(with_items(shown).annotate(beginning=beginning_of(Comment, "comment")).order_by("-pk"))
