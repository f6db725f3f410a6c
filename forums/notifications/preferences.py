"""Reads which categories, topics and branches members watch, follow or have muted."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q

from forums.models import Comment, Notification, Watch
from forums.models.discussion import paths


class WatchLevels:
    """Loads the watch levels for the places of `told`, of `member` or of all members. Two queries.

    `told` are events or notifications, loaded with their comment, their topic and its category.
    """

    def __init__(self, told: Iterable, member=None):
        watches = Watch.objects.filter(member=member) if member else Watch.objects.all()
        self._chosen: dict[tuple, dict[int, str]] = defaultdict(dict)
        self._look_wide(watches, {one.topic for one in told if one.topic is not None})
        self._look_at_branches(watches, [one for one in told if one.topic_id and one.comment is not None])

    def of(self, one) -> dict[int, str]:
        """Map member ids to their level there, for members who chose one. The nearest choice overrules the others."""
        if one.topic is None:
            return {}
        category = one.topic.category
        places = [("category", category.parent_id), ("category", category.pk), ("topic", one.topic_id)]
        if one.comment is not None:
            places += [(one.topic_id, seq) for seq in paths.seqs(one.comment.path)]
        levels = {}
        for place in places:
            levels |= self._chosen.get(place, {})
        return levels

    def _look_wide(self, watches, topics):
        categories = {pk for topic in topics for pk in (topic.category_id, topic.category.parent_id) if pk}
        if topics:
            wide = watches.filter(Q(topic__in=topics) | Q(category__in=categories))
            for member, level, topic, category in wide.values_list("member", "level", "topic", "category"):
                self._chosen["topic" if topic else "category", topic or category][member] = level

    def _look_at_branches(self, watches, told):
        ways = defaultdict(set)
        for one in told:
            ways[one.topic_id].update(paths.seqs(one.comment.path))
        on_the_way = Q()
        for topic, seqs in ways.items():
            on_the_way |= Q(topic=topic, seq__in=seqs)
        if any(ways.values()):
            branches = watches.filter(comment__in=Comment.objects.filter(on_the_way))
            found = branches.values_list("member", "level", "comment__topic", "comment__seq")
            for member, level, topic, seq in found:
                self._chosen[topic, seq][member] = level


def may_reach(level: str | None, kind: str) -> bool:
    """May a notification reach a member with this level? In a muted place only a moderator's act may."""
    return level != Watch.Level.MUTED or kind == Notification.Kind.MODERATED
