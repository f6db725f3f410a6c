"""Marks: words of an entry that no text can have, because they contain a "=".

They let the index itself find the comments of an author or a topic among those with a word, so a search reads few rows
even if both are common. The database checks rights and filters again on the rows.
"""

from collections.abc import Iterator
from datetime import date

ERAS = (4_000, 20_000, 100_000, 500_000, 2_500_000, 12_500_000)
"""Numbers of comments, by their ids; each is a multiple of the one before."""
FIRST_YEAR = 1980


def author(pk: int) -> str:
    return f"author={pk}"


def topic(pk: int) -> str:
    return f"topic={pk}"


def category(pk: int) -> str:
    return f"in={pk}"


def tag(name: str) -> str:
    return f"tag={name}"


PICTURE, POLL, DECISION, HIDDEN = "has=picture", "has=poll", "has=decision", "is=hidden"
NOTHING = "is=nothing"
"""HIDDEN is of the comments in a hidden topic, which moderators find. A hidden comment has no entry.

No comment has NOTHING.
"""


def title(stem: str) -> str:
    """The mark of an opening for a word of its title."""
    return f"title={stem}"


def eras(pk: int) -> list[str]:
    """The marks of a comment for its age."""
    return [f"e{level}={pk // size}" for level, size in enumerate(ERAS)]


def between_ids(first: int, end: int) -> Iterator[str]:
    """Yield the fewest marks of which each comment in `range(first, end)` has one, and no other comment has any.

    Both ids are multiples of the smallest era.
    """
    while first < end:
        fitting = (each for each, size in enumerate(ERAS) if first % size == 0 and first + size <= end)
        level = max(fitting)
        yield f"e{level}={first // ERAS[level]}"
        first += ERAS[level]


def dates(at: date) -> list[str]:
    """The marks of a comment for its date."""
    return [f"year={at.year}", f"month={at:%Y-%m}"]


def between(after: date | None, before: date | None, today: date) -> list[str]:
    """The marks that comments of these days have, at least one each. The last day is `before`, inclusive."""
    first, last = after or date(FIRST_YEAR, 1, 1), before or today
    marks = []
    for year in range(max(first.year, FIRST_YEAR), min(last.year, today.year + 1) + 1):
        begin = first.month if year == first.year else 1
        end = last.month if year == last.year else 12
        if (begin, end) == (1, 12):
            marks.append(f"year={year}")
        else:
            marks += [f"month={year}-{month:02}" for month in range(begin, end + 1)]
    return marks
