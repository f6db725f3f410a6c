"""The kinds of records. Each app registers how the content of its kind is made, and how it looks on a page."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from forums.records.sealing import Sealing

Resolve = Callable[[Any], Any]
"""Returns a part of a content with its texts instead of their hashes (forums/records/page.py). One query."""


class Kind(NamedTuple):
    """`build(number, sealing)` makes the content. `show(content, resolve)` yields pieces of HTML.

    `may_read(record, viewer)` says whether those who see the topic may read the texts of the record.
    """

    build: Callable[[int, Sealing], dict]
    show: Callable[[dict, Resolve], Iterator[str]]
    may_read: Callable[..., bool] = lambda record, viewer: True


KINDS: dict[str, Kind] = {}


def register(name: str, *functions: Callable) -> None:
    """Register a kind with the functions of `Kind`."""
    KINDS[name] = Kind(*functions)


def in_parts(rows: list, size: int) -> Iterator[list]:
    """Yield the rows in lists of `size`, for pieces of a page."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
