"""The rows of lists of topics: which topics a list has, and its first page.

A process keeps first pages for all viewers with the same rights, as long as no list has changed. For each of them it
then loads only how far they have read.
"""

from typing import NamedTuple

from config.caching import cache_tags
from config.caching.compiled_queries import compiled
from config.caching.recent_values import RecentValues
from forums.access import permissions
from forums.listing.paging import SIZE
from forums.models import Topic, Visit

KEPT = {"latest", "new", "top"}
"""Lists whose first page is kept: they do not depend on the viewer, and hardly on the time."""
KEPT_PAGES, KEPT_SECONDS = 100, 10
"""First pages that a process keeps, about 20 KB each. An author's new picture may take so long to appear, and so may a
change during which Redis was away."""


class FirstPage(NamedTuple):
    """The rows of pinned topics, which only "latest" has, and those of the first page with one more."""

    pinned: list
    others: list


def first_page(tags: list[str], order: str, viewer, name: str, *selection) -> FirstPage:
    """Load the first page of the list `name`, for the arguments of `of`. `order` is the first column of its order.

    It changes with the cache tags `tags`. One query: for the visits of `viewer` if this process has the page, otherwise
    for all of it. No query for a visitor if this process has the page.
    """
    values = cache_tags.read(cache_tags.CATEGORIES, *tags) if name in KEPT else None
    key = values, name, selection, _rights(viewer)
    kept = values and _kept.get(key)
    if not kept:
        found = _load(order, viewer, name, *selection)
        if values:
            _kept.put(key, FirstPage(*map(_without_visits, found)))
        return found
    return FirstPage(*_with_visits(viewer, kept)) if viewer.is_authenticated else kept


def of(
    viewer, name: str, period: str, category, left_out, muted_tags, watched, watched_tags, is_compact: bool
):
    """Select the rows of the list `name`. Categories are ids, tags are names."""
    topics = _visible(viewer, category, left_out, () if name == "watched" else muted_tags, is_compact)
    if name == "latest":
        topics = topics.filter(pinned_at=None)
    elif name == "top":
        topics = topics.created_within(period)
    elif name == "unanswered":
        topics = topics.unanswered()
    elif name == "mine":
        topics = topics.with_part_of(viewer)
    elif name == "watched":
        topics = topics.watched_by(viewer, watched, watched_tags, muted_tags)
    return topics.rows()


def pinned(viewer, name, period, category, left_out, muted_tags, watched, watched_tags, is_compact):
    """Select the rows of pinned topics, for the arguments of `of`."""
    return _visible(viewer, category, left_out, muted_tags, is_compact).filter(pinned_at__isnull=False).rows()


_kept: RecentValues[FirstPage] = RecentValues(KEPT_PAGES, KEPT_SECONDS)


def _rights(viewer):
    """All of `viewer` on which it depends which topics they see."""
    is_superuser = viewer.is_authenticated and viewer.is_superuser
    return (
        viewer.is_authenticated,
        is_superuser,
        permissions.is_moderator(viewer),
        permissions.groups_of(viewer),
    )


def _load(order, viewer, name, *selection):
    rows = _rows(order, viewer, name, *selection)
    if name != "latest":
        return FirstPage([], rows)
    others = [row for row in rows if not row.pinned_at]
    # Postgres keeps the order of the two parts, but does not promise it.
    others.sort(key=lambda row: (row.last_comment_at, row.pk), reverse=True)
    return FirstPage([row for row in rows if row.pinned_at], others)


@compiled
def _rows(order, viewer, name, *selection):
    first = of(viewer, name, *selection).order_by(order, "-pk")[: SIZE + 1]
    return pinned(viewer, name, *selection).union(first, all=True) if name == "latest" else first


def _without_visits(rows):
    return [
        row._replace(visit_latest=None) if getattr(row, "visit_latest", None) is not None else row
        for row in rows
    ]


def _with_visits(viewer, page):
    latest = dict(_visits(viewer.pk, tuple(row.pk for rows in page for row in rows)))
    for rows in page:
        yield [row._replace(visit_latest=latest[row.pk]) if row.pk in latest else row for row in rows]


@compiled
def _visits(member, topics):
    return Visit.objects.filter(member=member, topic__among=topics).values_list("topic", "latest_seq")


def _visible(viewer, category, left_out, left_out_tags, is_compact):
    """Select the topics of a category and its children, or of all but `left_out` and `left_out_tags`.

    Categories are given by their ids, tags by their names.
    """
    topics = Topic.objects.for_list(viewer).outside_of(left_out).without_tags(left_out_tags)
    if is_compact:
        topics = topics.with_people()
    return topics.of_category(category) if category else topics
