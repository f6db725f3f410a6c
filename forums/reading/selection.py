"""Selects the comments of a page in the database. The cost does not depend on the size of the topic.

A page has twenty direct replies. Below them it is filled level by level: every comment gets its next reply in turn,
until the page is full. Readers see the breadth of a discussion first, and open each branch as they like.
"""

from dataclasses import dataclass
from typing import NamedTuple

from config.replicas import reads
from forums.markup.size import PAGE

ROOTS = 20
"""Direct replies per page."""
ROWS = 60
"""Comments per page, at most."""
SIBLINGS = 40
"""Replies to one comment before the link "more", below the first level."""
LEVELS = 24
"""Levels below the base of a page."""

BRIDGING = "bridging"
# Each sort order: its column, its direction, and the direction of `seq` between equal rows.
SORTS = {
    "best": ("best", "DESC", "ASC"),
    "new": ("seq", "DESC", "DESC"),
    "old": ("seq", "ASC", "ASC"),
    "top": ("score", "DESC", "ASC"),
    "controversial": ("controversy", "DESC", "ASC"),
    BRIDGING: ("bridging", "DESC", "ASC"),
}


@dataclass(frozen=True)
class Reading:
    """The part of a topic that a request wants. Comments are given by their `seq`.

    The page begins with `start`, or with the comment after `after`.
    """

    sort: str = "best"
    branch: int = 1
    start: int | None = None
    after: int | None = None
    focus: int | None = None
    only_new: bool = False
    folded: tuple[int, ...] = ()
    """Ids of comments that are collapsed on this page only, for visitors without scripts."""

    @property
    def key(self) -> str:
        """The part of cache keys that identifies the reading."""
        return f"{self.sort}:{self.branch}:{self.start or ''}:{self.after or ''}:{self.focus or ''}"

    @property
    def place(self) -> dict[str, int]:
        """The numbers of the reading by the names of their parameters."""
        branch = self.branch if self.branch > 1 else None
        given = {"branch": branch, "from": self.start, "after": self.after, "focus": self.focus}
        return {name: seq for name, seq in given.items() if seq}


class Selected(NamedTuple):
    """A comment on the page. All of it may change although its text does not."""

    id: int
    position: int
    """Among its siblings."""
    descendants: int
    version: int
    above: int | None
    """The version of the comment that it answers. None for the opening of the topic."""


class Selection(NamedTuple):
    comments: list[Selected]
    """Includes the first comment of the branch, at position 0, if the branch exists."""
    next_after: int | None
    """The `seq` after which the next page of direct replies begins, or None."""
    is_start: bool
    """Whether no direct reply comes before those of this page."""


# The columns of the query below. Rows sort by level and, within it, by turn.
LEVEL, TURN, ID, POSITION, SEQ, SIZE, DESCENDANTS, VERSION, ABOVE, FIRST = range(10)


def select(topic_id: int, reading: Reading) -> Selection:
    """Select the comments of the branch `reading.branch` for a page. One query."""
    column, direction, tie = SORTS[reading.sort]
    order = f"{column} {direction}, seq {tie}" if column != "seq" else f"seq {direction}"
    anchor = reading.start or reading.after
    beyond = _beyond(column, direction, tie, inclusive=reading.start is not None) if anchor else "TRUE"
    sql = _SQL.format(column=column, order=order, beyond=beyond)
    values = {"branch": reading.branch, "topic": topic_id, "anchor": anchor, "roots": ROOTS, "rows": ROWS}
    found = reads.rows(sql, values | {"siblings": SIBLINGS, "levels": LEVELS})
    roots = [row for row in found if row[LEVEL] == 1]
    shown = _within_bytes([row for row in found if not (row[LEVEL] == 1 and row[POSITION] > ROOTS)])
    last = max((row for row in shown if row[LEVEL] == 1), default=None)
    first = next((row[FIRST] for row in shown if row[LEVEL] == 0), None)
    return Selection(
        [Selected(row[ID], row[POSITION], row[DESCENDANTS], row[VERSION], row[ABOVE]) for row in shown],
        last[SEQ] if last and len(roots) > last[POSITION] else None,
        first == (min(roots)[SEQ] if roots else None),
    )


def _within_bytes(rows):
    """Keep rows in the order in which the page is filled, until their HTML reaches PAGE. Keeps one direct reply.

    A row comes after its parent and after its siblings before it, so the rows that are left out are those that the
    links to more replies lead to.
    """
    shown, used = [], 0
    for row in sorted(rows):
        if used >= PAGE and (row[LEVEL], row[POSITION]) > (1, 1):
            break
        shown.append(row)
        used += row[SIZE]
    return shown


def _beyond(column, direction, tie, inclusive):
    """Build the condition that a row comes after the anchor. It is written so that an index range serves it."""
    sign = {"ASC": ">", "DESC": "<"}
    edge = "=" if inclusive else ""
    if column == "seq":
        return f"seq {sign[direction]}{edge} (SELECT seq FROM anchor)"
    key = "(SELECT key FROM anchor)"
    return (
        f"{column} {sign[direction]}= {key} AND "
        f"({column} {sign[direction]} {key} OR seq {sign[tie]}{edge} (SELECT seq FROM anchor))"
    )


# Removed comments (`Comment.is_removed`) without replies are not shown, and `descendants` does not count them.
# `used` is the number of rows on the page up to and including a level. It is the same in each row of the level.
# One root more than shown is selected, to know whether there is a next page. Nothing below it is read.
# The last row is the first comment of the branch, with the `seq` of its very first direct reply.
_SQL = """
WITH RECURSIVE anchor AS (
    SELECT seq, {column} AS key FROM forums_comment WHERE topic_id = %(topic)s AND seq = %(anchor)s
), base AS (
    SELECT id, seq, descendants, version, octet_length(body_html) AS size,
           (SELECT version FROM forums_comment parent WHERE parent.id = own.parent_id) AS above
    FROM forums_comment own WHERE topic_id = %(topic)s AND seq = %(branch)s
), roots AS (
    SELECT id, seq, descendants, version, size, row_number() OVER () AS position FROM (
        SELECT id, seq, descendants, version, octet_length(body_html) AS size FROM forums_comment
        WHERE parent_id = (SELECT id FROM base)
          AND (deleted_at IS NULL AND removed_in_id IS NULL OR descendants > 0) AND {beyond}
        ORDER BY {order} LIMIT %(roots)s + 1
    ) first_ones
), page AS (
    SELECT id, seq, descendants, version, (SELECT version FROM base) AS above, size, position, 1 AS level,
           position AS turn, count(*) OVER () AS used
    FROM roots
  UNION ALL
    SELECT id, seq, descendants, version, above, size, position, level, turn, used + count(*) OVER () FROM (
        SELECT reply.*, page.version AS above, page.level + 1 AS level, page.used,
               row_number() OVER (ORDER BY reply.position, page.position, page.id) AS turn
        FROM page CROSS JOIN LATERAL (
            SELECT id, seq, descendants, version, size, row_number() OVER () AS position FROM (
                SELECT id, seq, descendants, version, octet_length(body_html) AS size FROM forums_comment
                WHERE parent_id = page.id AND (deleted_at IS NULL AND removed_in_id IS NULL OR descendants > 0)
                ORDER BY {order} LIMIT %(siblings)s
            ) next_ones
        ) reply
        WHERE page.descendants > 0 AND page.level < %(levels)s
          AND NOT (page.level = 1 AND page.position > %(roots)s)
    ) level
    WHERE turn <= %(rows)s - used
)
SELECT level, turn, id, position, seq, size, descendants, version, above, NULL FROM page
UNION ALL
SELECT 0, 0, id, 0, seq, size, descendants, version, above, (
    SELECT seq FROM forums_comment reply
    WHERE reply.parent_id = base.id AND (deleted_at IS NULL AND removed_in_id IS NULL OR descendants > 0)
    ORDER BY {order} LIMIT 1
) FROM base
"""
