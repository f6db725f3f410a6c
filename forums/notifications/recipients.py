"""Finds the recipients of a batch of events. At most six queries, whatever the number of recipients."""

from collections import defaultdict

from django.db.models.functions import Lower

from accounts.models import User
from forums.access import permissions
from forums.markup.renderer import MOST_MENTIONS
from forums.models import Comment, Notification, OutboxEvent, Watch
from forums.notifications.preferences import WatchLevels, may_reach

Kind = Notification.Kind
COMMENTS = {OutboxEvent.Kind.COMMENT_ADDED, OutboxEvent.Kind.MENTIONS_ADDED}


class Recipients:
    """Loads what decides who receives the events of `batch`. At most six queries, whatever its size."""

    def __init__(self, batch: list[OutboxEvent]):
        self.batch = [news for news in batch if _is_heard_of(news)]
        self._named = self._members_named()
        self._quoted = self._authors_quoted()
        self._wishes = WatchLevels(self.batch)
        self._heard_before = self._mentions_until_now()
        self.reasons = {news.pk: self._reasons(news) for news in self.batch}
        asked = {pk for reasons in self.reasons.values() for pk in reasons}
        found = User.objects.among(asked).filter(is_active=True).with_rights()
        self.members = {member.pk: member for member in found} if asked else {}

    def hearers(self, news: OutboxEvent) -> list[tuple[User, str]]:
        """Return each recipient of an event and the kind of notification they get. No query."""
        asked = ((self.members.get(pk), kind) for pk, kind in self.reasons.get(news.pk, {}).items())
        return [(member, kind) for member, kind in asked if member and _hears(member, news, kind)]

    def _reasons(self, news) -> dict[int, str]:
        """Map member ids to the kind of notification. The strongest kind is set last, so that it stays."""
        levels = self._wishes.of(news)
        if news.kind == OutboxEvent.Kind.MEMBERS_NOTIFIED:
            reasons = dict.fromkeys(news.facts["members"], news.facts["kind"])
            return {pk: kind for pk, kind in reasons.items() if may_reach(levels.get(pk), kind)}
        reasons = {}
        if news.kind == OutboxEvent.Kind.COMMENT_ADDED:
            watched = Kind.TOPIC_OPENED if news.comment.is_opening else Kind.COMMENT_ADDED
            reasons = {pk: watched for pk, level in levels.items() if level == Watch.Level.WATCHING}
        mentioned = (self._named[name] for name in news.facts["mentions"] if name in self._named)
        reasons |= dict.fromkeys(list(mentioned)[: self._room(news)], Kind.MENTIONED)
        quoted = (self._quoted.get(pk) for pk in news.facts["quotes"])
        reasons |= dict.fromkeys(filter(None, quoted), Kind.QUOTED)
        if (
            news.kind == OutboxEvent.Kind.COMMENT_ADDED
            and news.comment.parent
            and news.comment.parent.author_id
        ):
            reasons[news.comment.parent.author_id] = Kind.REPLIED
        reasons.pop(news.actor_id, None)
        return {pk: kind for pk, kind in reasons.items() if may_reach(levels.get(pk), kind)}

    def _room(self, news):
        return MOST_MENTIONS - self._heard_before[news.comment_id]

    def _of_comments(self, fact):
        return {each for news in self.batch if news.kind in COMMENTS for each in news.facts[fact]}

    def _members_named(self):
        names = self._of_comments("mentions")
        found = User.objects.annotate(lower=Lower("username")).filter(lower__in=names)
        return dict(found.values_list("lower", "pk")) if names else {}

    def _authors_quoted(self):
        quoted = self._of_comments("quotes")
        return dict(Comment.objects.filter(pk__in=quoted).values_list("pk", "author_id")) if quoted else {}

    def _mentions_until_now(self):
        """Count by comment who was mentioned before. The limit covers later edits, too."""
        edited = [news.comment_id for news in self.batch if news.kind == OutboxEvent.Kind.MENTIONS_ADDED]
        heard = defaultdict(int)
        if edited:
            told = Notification.objects.filter(comment__in=edited, kind=Kind.MENTIONED)
            for comment_id in told.values_list("comment_id", flat=True):
                heard[comment_id] += 1
        return heard


def _is_heard_of(news):
    """Does the event make notifications? Not if its comment was removed meanwhile."""
    if news.kind in COMMENTS:
        return news.comment is not None and not news.comment.is_gone
    return news.kind == OutboxEvent.Kind.MEMBERS_NOTIFIED


def _hears(member, news, kind):
    if kind == Kind.MODERATED:
        return True
    is_ignored = news.actor_id is not None and news.actor_id in member.ignored_ids
    return not is_ignored and (news.topic is None or permissions.may_read(member, news.topic))
