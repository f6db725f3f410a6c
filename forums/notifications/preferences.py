"""Reads which categories, tags, topics and branches members watch, follow or have muted."""

from collections import defaultdict
from collections.abc import Iterable
from types import SimpleNamespace

from django.db.models import Q

from forums.models import Comment, Notification, Watch
from forums.models.discussion import paths


class WatchLevels:
    """Loads the watch levels for the places of `items`, of `member` or of all members. Two queries, three with tags.

    `items` are events or notifications, loaded with their comment, their topic and its category.
    """

    def __init__(self, items: Iterable, member=None):
        watches = Watch.objects.filter(member=member) if member else Watch.objects.all()
        self._levels: dict[tuple, dict[int, str]] = defaultdict(dict)
        self._load_tags_and_topics(watches, {one.topic for one in items if one.topic is not None})
        self._load_branches(watches, [one for one in items if one.topic_id and one.comment is not None])

    def of(self, one) -> dict[int, str]:
        """Map member ids to their level there, for members who chose one. The nearest choice overrules the others."""
        if one.topic is None:
            return {}
        category = one.topic.category
        near: list[tuple] = [("topic", one.topic_id)]
        if one.comment is not None:
            near += [(one.topic_id, seq) for seq in paths.seqs(one.comment.path)]
        levels = self._at([("category", category.parent_id), ("category", category.pk)])
        levels |= self._of_tags(one.topic.tags)
        return levels | self._at(near)

    def _at(self, places: list[tuple]) -> dict[int, str]:
        """Map member ids to their level at the last of these places where they have chosen one."""
        levels: dict[int, str] = {}
        for place in places:
            levels |= self._levels.get(place, {})
        return levels

    def _of_tags(self, names: list[str]) -> dict[int, str]:
        """Map member ids to the strongest of their levels for these tags."""
        chosen = [each for name in names for each in self._levels.get(("tag", name), {}).items()]
        return dict(sorted(chosen, key=lambda each: Watch.BY_STRENGTH.index(each[1])))

    def _load_tags_and_topics(self, watches, topics):
        categories = {pk for topic in topics for pk in (topic.category_id, topic.category.parent_id) if pk}
        if topics:
            found = watches.filter(Q(topic__in=topics) | Q(category__in=categories))
            for member, level, topic, category in found.values_list("member", "level", "topic", "category"):
                self._levels["topic" if topic else "category", topic or category][member] = level
        if names := {name for topic in topics for name in topic.tags}:
            found = watches.filter(tag__name__in=names)
            for member, level, name in found.values_list("member", "level", "tag__name"):
                self._levels["tag", name][member] = level

    def _load_branches(self, watches, items):
        places = {(one.topic_id, seq) for one in items for seq in paths.seqs(one.comment.path)}
        if places:
            branches = watches.filter(comment__in=Comment.objects.numbered(places))
            found = branches.values_list("member", "level", "comment__topic", "comment__seq")
            for member, level, topic, seq in found:
                self._levels[topic, seq][member] = level


def watchers(topic) -> set[int]:
    """The ids of the members who watch the topic, loaded with its category. One query."""
    item = SimpleNamespace(topic=topic, topic_id=topic.pk, comment=None)
    return {pk for pk, level in WatchLevels([item]).of(item).items() if level == Watch.Level.WATCHING}


def may_reach(level: str | None, kind: str) -> bool:
    """May a notification reach a member with this level? In a muted place only a moderator's act may."""
    return level != Watch.Level.MUTED or kind == Notification.Kind.MODERATED
