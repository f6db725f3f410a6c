"""Divides the comments of topics into pages of bounded size, in the order of the tree."""

from collections.abc import Iterator
from itertools import groupby

from django.db.models.functions import Left

from forums.export.data import keyset
from forums.models import Comment
from forums.models.discussion import paths
from forums.models.discussion.comment_queries import HTML_SIZE
from forums.reading import shared_page

ROWS = 200
"""Comments on a page."""
BYTES = 400_000
"""Bytes of texts on a page. A page has one comment more than fits."""
READ = 5000


def in_tree(viewer):
    """The comments that pages show, topic by topic in the order of the tree."""
    return keyset.shown(viewer).alias(start=Left("path", paths.INDEXED)).order_by("topic_id", "start", "path")


def starts(viewer, topics: list[int]) -> dict[int, list[str]]:
    """Return, for topics with several pages, the path of the first comment of each page after the first."""
    found: dict[int, list[str]] = {}
    topic, rows, size = None, 0, 0
    for of, path, length in _rows(viewer, topics):
        if of != topic:
            topic, rows, size = of, 0, 0
        elif rows >= ROWS or size >= BYTES:
            found.setdefault(of, []).append(path)
            rows, size = 0, 0
        rows, size = rows + 1, size + length
    return found


def _rows(viewer, topics: list[int]) -> Iterator[tuple[int, str, int]]:
    """Yield topic, path and bytes of all comments. Reads them in parts."""
    seen = in_tree(viewer).annotate(size=HTML_SIZE).values_list("topic_id", "path", "size")
    rows = seen.filter(topic__in=topics)
    while some := list(rows[:READ]):
        yield from some
        topic, path, _ = some[-1]
        if len(some) < READ:
            return
        rows = after(seen, topic, path)
        if rest := [each for each in topics if each > topic]:
            rows = rows | seen.filter(topic__in=rest)


def after(comments, topic: int, path: str):
    """Keep the comments of a topic that come after `path` in the tree."""
    return comments.filter(topic=topic, start__gte=path[: paths.INDEXED], path__gt=path)


def load(viewer, topic: int, first: str, end: str | None) -> list[Comment]:
    """Load the comments of a page: from the path `first` to before `end`, with all that their HTML shows."""
    rows = in_tree(viewer).filter(topic=topic, start__gte=first[: paths.INDEXED], path__gte=first)
    if end is not None:
        rows = rows.filter(start__lte=end[: paths.INDEXED], path__lt=end)
    return _loaded(rows)


def load_whole(viewer, topics: list[int]) -> dict[int, list[Comment]]:
    """Load the comments of topics with one page each, by topic. Two queries for all."""
    found = _loaded(in_tree(viewer).filter(topic__in=topics)) if topics else []
    return {topic: list(comments) for topic, comments in groupby(found, lambda comment: comment.topic_id)}


def _loaded(rows) -> list[Comment]:
    found = shared_page.comments_to_render().filter(pk__in=list(rows.values_list("pk", flat=True)))
    return sorted(found, key=lambda comment: (comment.topic_id, comment.path))
