"""The registry of marks: what the rows of topic lists say about a topic's panels, such as an open poll.

Topics know none of these kinds. An app registers its own when Django starts.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple


class Mark(NamedTuple):
    """What a row says: the same words for everybody, and words for the viewer, both may be empty."""

    shared: str
    own: str = ""


NONE = Mark("")
Find = Callable[[list[int], object], dict[int, Mark]]
"""Returns the marks of those of these topics (ids) that have one, for a user or None."""
_finders: list[Find] = []


def register(find: Find) -> None:
    """Let topics have marks that `find` returns. At most four queries for a list."""
    _finders.append(find)


def of(rows: Iterable, user) -> dict[int, Mark]:
    """Return the marks of topics loaded with `rows`. No query if none of them has a panel."""
    topics = [row.pk for row in rows if row.panel_count]
    found: dict[int, Mark] = {}
    for find in _finders if topics else ():
        found |= find(topics, user)
    return found
