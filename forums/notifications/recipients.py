"""Finds the recipients of a batch of events. At most seven queries, whatever the number of recipients."""

from collections import defaultdict

from accounts.models import User
from forums.access import permissions
from forums.markup.renderer import MOST_MENTIONS
from forums.models import Comment, Notification, OutboxEvent, Watch
from forums.notifications.preferences import WatchLevels, may_reach

Kind = Notification.Kind
COMMENTS = {OutboxEvent.Kind.COMMENT_ADDED, OutboxEvent.Kind.MENTIONS_CHANGED}


class Recipients:
    """Loads what decides who receives the events of `batch`. At most seven queries, whatever its size."""

    def __init__(self, batch: list[OutboxEvent]):
        self.batch = [event for event in batch if _may_notify(event)]
        self._mentioned = self._find_mentioned()
        self._quoted = self._find_quoted()
        self._levels = WatchLevels(self.batch)
        self._mention_counts = self._count_mentions()
        self.reasons = {event.pk: self._reasons(event) for event in self.batch}
        candidates = {pk for reasons in self.reasons.values() for pk in reasons}
        found = User.objects.among(candidates).filter(is_active=True).with_rights()
        self.members = {member.pk: member for member in found} if candidates else {}

    def of(self, event: OutboxEvent) -> list[tuple[User, str]]:
        """Return each recipient of an event and the kind of notification they get. No query."""
        candidates = ((self.members.get(pk), kind) for pk, kind in self.reasons.get(event.pk, {}).items())
        return [(member, kind) for member, kind in candidates if member and _may_receive(member, event, kind)]

    def _reasons(self, event) -> dict[int, str]:
        """Map member ids to the kind of notification. The strongest kind is set last, so that it stays."""
        levels = self._levels.of(event)
        if event.kind == OutboxEvent.Kind.MEMBERS_NOTIFIED:
            members = list(event.facts["members"])
            if event.facts.get("watchers"):
                watching = {pk for pk, level in levels.items() if level == Watch.Level.WATCHING}
                members += watching - {event.actor_id}
            reasons = dict.fromkeys(members, event.facts["kind"])
            return {pk: kind for pk, kind in reasons.items() if may_reach(levels.get(pk), kind)}
        reasons = {}
        if event.kind == OutboxEvent.Kind.COMMENT_ADDED:
            watched = Kind.TOPIC_OPENED if event.comment.is_opening else Kind.COMMENT_ADDED
            reasons = {pk: watched for pk, level in levels.items() if level == Watch.Level.WATCHING}
        mentioned = (self._mentioned[name] for name in event.facts["mentions"] if name in self._mentioned)
        reasons |= dict.fromkeys(list(mentioned)[: self._mentions_left(event)], Kind.MENTIONED)
        quoted = (self._quoted.get(pk) for pk in event.facts["quotes"])
        reasons |= dict.fromkeys(filter(None, quoted), Kind.QUOTED)
        if (
            event.kind == OutboxEvent.Kind.COMMENT_ADDED
            and event.comment.parent
            and event.comment.parent.author_id
        ):
            reasons[event.comment.parent.author_id] = Kind.REPLIED
        reasons.pop(event.actor_id, None)
        return {pk: kind for pk, kind in reasons.items() if may_reach(levels.get(pk), kind)}

    def _mentions_left(self, event):
        return MOST_MENTIONS - self._mention_counts[event.comment_id]

    def _of_comments(self, fact):
        return {each for event in self.batch if event.kind in COMMENTS for each in event.facts[fact]}

    def _find_mentioned(self):
        names = self._of_comments("mentions")
        return User.objects.ids_of(names) if names else {}

    def _find_quoted(self):
        quoted = self._of_comments("quotes")
        return dict(Comment.objects.filter(pk__in=quoted).values_list("pk", "author_id")) if quoted else {}

    def _count_mentions(self):
        """Count by comment who was mentioned before. The limit covers later edits, too."""
        edited = [event.comment_id for event in self.batch if event.kind == OutboxEvent.Kind.MENTIONS_CHANGED]
        counts = defaultdict(int)
        if edited:
            found = Notification.objects.filter(comment__in=edited, kind=Kind.MENTIONED)
            for comment_id in found.values_list("comment_id", flat=True):
                counts[comment_id] += 1
        return counts


def _may_notify(event):
    """Does the event make notifications? Not if its comment was removed meanwhile."""
    if event.kind in COMMENTS:
        return event.comment is not None and not event.comment.is_gone
    return event.kind == OutboxEvent.Kind.MEMBERS_NOTIFIED


def _may_receive(member, event, kind):
    if kind == Kind.MODERATED:
        return True
    is_ignored = event.actor_id is not None and event.actor_id in member.ignored_ids
    return not is_ignored and (event.topic is None or permissions.may_read(member, event.topic))
