"""The registry of sections that other apps add to a digest, such as open polls."""

from collections.abc import Callable
from typing import NamedTuple


class Section(NamedTuple):
    """A title, and lines with their words and their path on this site."""

    title: str
    lines: list[tuple[str, str]]


Find = Callable[[object], Section | None]
_finders: list[Find] = []


def register(find: Find) -> None:
    """Add what `find` returns for a member, loaded `with_rights`, to their digests. At most five queries."""
    _finders.append(find)


def of(member) -> list[Section]:
    return [section for find in _finders if (section := find(member))]
