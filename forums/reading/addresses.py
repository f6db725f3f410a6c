"""The queries of a topic's page that pages link to. Only these are cached: clients can invent others without end."""

from forums.models.discussion import paths
from forums.reading.selection import ROOTS, Reading

PATH_LEVELS = 10
"""Levels that a permalink shows above its comment."""
QUERIES = ({"sort", "branch", "after"}, {"branch", "from", "focus"})
"""The parameters that pages write together: those of an order, and those of a permalink."""


def permalink(topic, path: str) -> dict[str, int]:
    """Return the query of the page of `topic` that shows the comment at `path`, with the path to it open."""
    levels = paths.seqs(path)
    if not levels:
        return {}
    if len(levels) > PATH_LEVELS:
        return {"focus": levels[-1], "branch": levels[-PATH_LEVELS]}
    if topic.comment_count > ROOTS:  # otherwise one page has all direct replies
        return {"focus": levels[-1], "from": levels[0]}
    return {"focus": levels[-1]}


def is_linked(topic, reading: Reading, focus_path: str) -> bool:
    """Whether pages link to this reading. `focus_path` is the path of its focus. One query if it has an `after`."""
    if reading.focus or reading.start:
        return reading.place == permalink(topic, focus_path)
    if reading.after:
        parent = topic.comments.filter(seq=reading.branch).values("pk")
        return topic.comments.filter(seq=reading.after, parent__in=parent).exists()
    return True
