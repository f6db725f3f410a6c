"""How many topics each category has, and when somebody last wrote there."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from config.caching.evictable import cache
from forums.models import Topic

CACHED_FOR = 60
"""Seconds. Counting reads all topics, 20 ms for 100,000."""


@dataclass(frozen=True)
class Figures:
    topics: int
    latest: datetime | None


def counted(tree):
    """Return the tree of `categories.tree` with figures: (category, figures, [(child, figures), …]) for each.

    A category counts the topics of its children, too. One query at most once a minute. The figures are the same for
    all viewers of a category, because hidden topics do not count.
    """
    known = _by_category()

    def figures(*categories):
        found = [known[each.pk] for each in categories if each.pk in known]
        return Figures(sum(topics for topics, _ in found), max((latest for _, latest in found), default=None))

    return [
        (each, figures(each, *children), [(child, figures(child)) for child in children])
        for each, children in tree
    ]


def _by_category():
    rows = cache.get("category figures")
    if rows is None:
        shown = Topic.objects.filter(hidden_at=None, deleted_at=None).order_by()
        found = shown.values_list("category").annotate(Count("pk"), Max("last_comment_at"))
        rows = list(found)
        cache.set("category figures", rows, CACHED_FOR)
    return {pk: (topics, latest) for pk, topics, latest in rows}
