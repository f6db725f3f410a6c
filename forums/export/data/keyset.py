"""Reads many rows in parts, each with one query, so that memory stays bounded."""

from collections.abc import Iterator

from django.db.models import F, Q

from forums.models import Comment, Topic

ROWS = 1000
"""Rows read at once."""


def pages(rows) -> Iterator[list]:
    """Yield the rows in lists of ROWS, in the order of their ids. One query for each list."""
    rows, last = rows.order_by("pk"), 0
    while some := list(rows.filter(pk__gt=last)[:ROWS]):
        yield some
        last = some[-1].pk


def shown(viewer):
    """The comments that pages show to `viewer`, with the placeholders of removed ones that have replies."""
    return Comment.objects.visible_to(viewer).on_pages()


def comments_of(viewer, topics) -> Iterator[list[Comment]]:
    """Yield lists of comments of these topics that `viewer` may see, in the order of topics and of their arrival.

    Includes the placeholders that pages show. Loads the sources of a comment and of its parent.
    """
    seen = (
        shown(viewer)
        .filter(topic__in=topics)
        .annotate(source=F("origin__source"), parent_source=F("parent__origin__source"))  # for `of_comment`
        .order_by("topic_id", "seq")
    )
    rows = seen
    while some := list(rows[:ROWS]):
        yield some
        last = some[-1]
        rest = [topic for topic in topics if topic > last.topic_id]
        rows = seen.filter(topic=last.topic_id, seq__gt=last.seq)
        if rest:
            rows = seen.filter(Q(topic=last.topic_id, seq__gt=last.seq) | Q(topic__in=rest))


def grouped(topics: list[Topic]) -> Iterator[list[Topic]]:
    """Divide topics into groups with about ROWS comments together, because each group costs one query."""
    group, size = [], 0
    for topic in topics:
        group.append(topic)
        size += topic.last_seq
        if size >= ROWS:
            yield group
            group, size = [], 0
    if group:
        yield group
