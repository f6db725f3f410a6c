"""Renders a comment's row in lists, such as bookmarks, once for everybody."""

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from config.caching.compiled_queries import compiled
from forums.models import Comment

CACHED_ROWS = 2_000
"""Rows that a process caches, about 1 KB each."""
_cached: dict[tuple, str] = {}


def of(rows, *, forgetting: bool = False) -> SafeString:
    """Render the rows of comments loaded with `CommentQuerySet.rows`, for bookmarks with a button to forget each.

    One query, unless this process has rendered all of them before.
    """
    keys = [(forgetting, *row) for row in rows]
    missing = {key[1]: key for key in keys if key not in _cached}
    if len(_cached) + len(missing) > CACHED_ROWS:
        _cached.clear()
        missing = {key[1]: key for key in keys}
    template = get_template("forums/comments/_row.html")
    for comment in _load(tuple(missing)) if missing else ():
        _cached[missing[comment.pk]] = template.render({"comment": comment, "forgetting": forgetting})
    return mark_safe("".join(_cached.get(key, "") for key in keys))


@compiled
def _load(pks):
    return Comment.objects.with_context().beginnings().filter(pk__among=pks)
