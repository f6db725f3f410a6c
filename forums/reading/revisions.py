"""The history of a comment: its texts, and the changes from each to the next."""

import re
import time
from collections import Counter
from datetime import datetime
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

from forums.markup import size
from forums.models import Comment
from forums.moderation.public_log import Entry

SHOWN = 20
"""Texts per page of the history."""
TIME_LIMIT = 0.5
"""Seconds of processor time for all comparisons of a page. After that, texts are shown without a comparison.

Comparing 20,000 equal lines with 20,001 would take minutes.
"""
PAIRS = 100_000
"""Pairs of equal lines or words between two texts. With more, the texts are not compared."""


class Version(NamedTuple):
    """One text of a comment, written by `by`.

    If a moderator wrote it, `entry` is the line of the log as the viewer may read it. `changes` are pairs
    ("same" | "old" | "new", text), none for the first text.
    """

    number: int
    at: datetime
    by: object
    entry: Entry | None
    body: str
    changes: list[tuple[str, str]]


def of(comment: Comment, viewer, before: int | None = None) -> list[Version]:
    """Return the newest `SHOWN` texts, newest first; with `before`, only those with lower numbers.

    Fewer if their bytes reach `size.PAGE`.

    Two queries, one more if others than the author have edited.
    """
    total = comment.revisions.count() + 1
    last = min(total, before - 1) if before else total
    first = max(last - SHOWN, 0) + 1
    texts = _texts(comment, viewer, max(first - 1, 1), last, total)
    deadline = time.thread_time() + TIME_LIMIT
    changes = [compare(old.body, new.body, deadline) for old, new in pairwise(texts)]
    if first == 1:
        changes = [[], *changes]
    shown = texts[len(texts) - len(changes) :]
    versions = [version._replace(changes=parts) for version, parts in zip(shown, changes, strict=True)]
    return size.within(versions[::-1], size.PAGE, _size)


def _size(version):
    return sum(size.size(text) for _, text in version.changes or [("", version.body)])


def _texts(comment, viewer, first, last, total):
    """Load the texts numbered `first` to `last`. Number `total` is the present one.

    A revision stores who replaced it, so the writer of each text is stored with the one before.
    """
    revisions = list(comment.revisions.select_related("replaced_by")[max(first - 2, 0) : last])
    entries = _entries(comment, viewer, revisions)
    by = [(revision.replaced_by, entries.get(revision.pk)) for revision in revisions]
    if first == 1:
        by = [(comment.author, None), *by]
    else:
        revisions = revisions[1:]
    bodies = [(revision.written_at, revision.body) for revision in revisions]
    if last == total:
        bodies.append((comment.edited_at or comment.created_at, comment.body))
    numbered = zip(range(first, last + 1), by, bodies, strict=False)
    return [Version(number, at, *writer, body, []) for number, writer, (at, body) in numbered]


def _entries(comment, viewer, revisions):
    """Load moderators' edits, by the revision that they replaced."""
    others = [each.pk for each in revisions if each.replaced_by_id != comment.author_id]
    if not others:
        return {}
    acts = comment.actions.filter(verb="comment_edited", facts__revision__in=others).select_related("by")
    return {act.facts["revision"]: Entry(act, viewer) for act in acts}


class _TooLong(Exception):
    """The comparison would take longer than what is left of `TIME_LIMIT`."""


class _Matcher(SequenceMatcher):
    """A matcher that stops at a deadline. The standard one could run for hours."""

    def __init__(self, old, new, deadline):
        super().__init__(None, old, new, autojunk=False)
        self.deadline = deadline

    def find_longest_match(self, *ranges):
        if time.thread_time() > self.deadline:
            raise _TooLong
        return super().find_longest_match(*ranges)


def compare(old: str, new: str, deadline: float = float("inf")) -> list[tuple[str, str]]:
    """Compare two texts by lines, and then changed lines by words.

    After `deadline`, in seconds of `time.thread_time`, the rest is returned without a comparison, old then new.
    """
    parts = []
    for kind, before, after in _opcodes(_lines(old), _lines(new), deadline):
        if kind == "replace":
            parts += _words(before, after, deadline)
        else:
            parts += _part(kind, before, after)
    return parts


def _lines(text):
    return text.splitlines(keepends=True)


def _words(before, after, deadline):
    old, new = (re.findall(r"\s+|\w+|[^\w\s]", text) for text in (before, after))
    parts = []
    for kind, gone, come in _opcodes(old, new, deadline):
        parts += _part("replace" if kind == "whole" else kind, gone, come)
    return parts


def _opcodes(old, new, deadline):
    counts = Counter(old)
    try:
        if sum(counts[each] for each in new) > PAIRS:
            raise _TooLong
        codes = _Matcher(old, new, deadline).get_opcodes()
    except _TooLong:
        yield "whole", "".join(old), "".join(new)
        return
    for kind, a, b, c, d in codes:
        yield kind, "".join(old[a:b]), "".join(new[c:d])


def _part(kind, before, after):
    if kind == "equal":
        return [("same", before)]
    return [(name, text) for name, text in (("old", before), ("new", after)) if text]
