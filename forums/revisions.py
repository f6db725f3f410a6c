"""The texts a comment has had, and what changed from each to the next."""

import re
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import pairwise

from forums.models import Comment

WORDS_AT_MOST = 2_000
"""Changed passages longer than this are shown whole, old then new: comparing words takes quadratic time."""


@dataclass(frozen=True)
class Version:
    """One text. `by` wrote it; `changes` are ("same" | "old" | "new", text) pieces, empty for the first
    text."""

    number: int
    at: datetime
    by: object
    body: str
    changes: list[tuple[str, str]]


def of(comment: Comment) -> list[Version]:
    """The newest first. One query."""
    kept = list(comment.revisions.select_related("replaced_by"))
    bodies = [revision.body for revision in kept] + [comment.body]
    times = [revision.written_at for revision in kept] + [comment.edited_at or comment.created_at]
    # Each text was written by whoever replaced the one before it.
    writers = [comment.author] + [revision.replaced_by for revision in kept]
    changes = [[], *(compare(old, new) for old, new in pairwise(bodies))]
    versions = zip(range(1, len(bodies) + 1), times, writers, bodies, changes, strict=True)
    return [Version(*version) for version in versions][::-1]


def compare(old: str, new: str) -> list[tuple[str, str]]:
    """What changed, by lines first and then by words within the lines that did."""
    pieces = []
    for kind, before, after in _opcodes(old.splitlines(keepends=True), new.splitlines(keepends=True)):
        if kind == "replace":
            pieces += _words(before, after)
        else:
            pieces += _piece(kind, before, after)
    return pieces


def _words(before, after):
    old, new = (re.findall(r"\s+|\w+|[^\w\s]", text) for text in (before, after))
    if max(len(old), len(new)) > WORDS_AT_MOST:
        return [("old", before), ("new", after)]
    pieces = []
    for kind, gone, come in _opcodes(old, new):
        pieces += _piece(kind, gone, come)
    return pieces


def _opcodes(old, new):
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield kind, "".join(old[a:b]), "".join(new[c:d])


def _piece(kind, before, after):
    if kind == "equal":
        return [("same", before)]
    return [(name, text) for name, text in (("old", before), ("new", after)) if text]
