"""Renders the tree of a topic page once for everybody, in pieces, so that rows can be replaced for one viewer."""

from collections.abc import Mapping
from typing import NamedTuple

from forums.reading.comment_html import Row
from forums.reading.selection import Reading

MAX_INDENT = 8
"""Levels that are indented. Deeper replies are not, and say whom they answer."""
LAST = 10**9
"""A position after every comment that the page selects."""


class Thread(NamedTuple):
    """The replies of a page as nested list items."""

    pieces: list[bytes]
    """Joined, they are the HTML without anybody's state."""
    places: dict[int, tuple[int, int]]
    """Which two pieces are a row, before and after its replies, by the id of its comment."""


class Tree(NamedTuple):
    """The rows of a page."""

    base: Row
    """The first comment of the page: the opening, or the first comment of the branch."""
    children: dict[int, list[Row]]
    """The replies to each comment, by its id."""
    plain: Mapping[int, tuple[str, str]]
    """Each row without anybody's state, in the parts of `comment_html.parts`, by the id of its comment."""
    address: str
    """Of the topic."""
    reading: Reading
    is_start: bool
    next_after: int | None


def thread(tree: Tree) -> Thread:
    """Render the replies. On the page of a branch its first comment is the only one on top."""
    rendered = Thread([], {})
    is_branch = tree.base.seq != 1
    for row in [tree.base] if is_branch else tree.children.get(tree.base.id, ()):
        _branch(tree, row, 1, rendered)
    return rendered


def _branch(tree, row, level, out):
    replies = tree.children.get(row.id, ())
    if level >= MAX_INDENT:
        _flat(tree, row, out)
        return
    before, after = tree.plain[row.id]
    start = len(out.pieces)
    out.pieces.append(before.encode())
    if replies:
        branch = f' data-branch="{row.id}"' if row is tree.base else ""
        out.pieces.append(f'<ol class="thread"{branch}>'.encode())
        for reply in replies:
            _branch(tree, reply, level + 1, out)
        out.pieces.append(f"{_more(tree, row, replies, tag='li')}</ol>".encode())
    elif row.descendants:
        out.pieces.append(_more(tree, row, replies, tag="p").encode())
    out.places[row.id] = start, len(out.pieces)
    out.pieces.append(after.encode())


def _flat(tree, row, out):
    """Render a row and its replies one after the other, without more indentation.

    This is a loop because chains of replies can be longer than Python's limit of a thousand nested calls.
    """
    stack = [row]
    while stack:
        each = stack.pop()
        if isinstance(each, str):
            out.pieces.append(each.encode())
            continue
        replies = tree.children.get(each.id, ())
        start = len(out.pieces)
        out.places[each.id] = start, start + 1
        out.pieces.extend(part.encode() for part in tree.plain[each.id])
        stack.append(_more(tree, each, replies, tag="li"))
        stack += reversed(replies)


def _more(tree, row, replies, tag):
    """Render the link to the replies below `row` that the page leaves out; "" if it shows all."""
    left_out = row.descendants - sum(1 + reply.descendants for reply in replies)
    if left_out <= 0 or tree.reading.only_new:
        return ""
    text = f"{left_out} {'more ' if replies else ''}{'reply' if left_out == 1 else 'replies'}"
    if row is tree.base and not tree.is_start:  # some of those left out come before this page
        if not tree.next_after:
            return ""
        text = "More replies"
    last = next((reply for reply in reversed(replies) if reply.position < LAST), None)
    after = f"&amp;after={last.seq}" if last else ""
    href = f"{tree.address}?branch={row.seq}&amp;sort={tree.reading.sort}{after}"
    return f'<{tag} class="more"><a href="{href}" rel="nofollow" data-branch="{row.id}">{text}</a></{tag}>'
