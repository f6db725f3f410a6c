"""Finds the numbers that topics and comments of an export get here, and translates links between them.

A number stays if nothing here has it. So on an empty site all addresses stay the same.
"""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from forums.export.data import directory
from forums.importers.records import keys
from forums.importers.records.fields import Broken, number
from forums.importers.records.records import Post
from forums.models import Comment, Origin, Topic

ROWS = 5000
MODELS = {"t": ("topics", Topic), "comments": ("comments", Comment)}
"""The first part of an address, the file of the records, and the model."""


class Numbers:
    """The numbers that differ, by the first part of the address. Reads the files only if this site has topics."""

    def __init__(self, path: Path, address: str):
        is_used = Topic.objects.exists()
        self._new = {
            part: _differing(model, _named(path, kind)) if is_used else {}
            for part, (kind, model) in MODELS.items()
        }
        self._link = re.compile(
            rf"(?<![\w/.-])((?:{re.escape(address)})?/(t|comments)/)([1-9][0-9]{{0,17}})(?![0-9])"
        )

    def of(self, part: str, old: int) -> int:
        return self._new[part].get(old, old)

    def apply(self, post: Post) -> Post:
        """Translate the post's number, and the links in its texts."""
        post.pk = self.of("comments", post.pk)
        if any(self._new.values()) and post.markdown is not None:
            post.text, post.markdown = self._linked(post.text), self._linked(post.markdown)
            for old in post.old_texts:
                old.text = self._linked(old.text)
        return post

    def _linked(self, text: str) -> str:
        return self._link.sub(lambda found: f"{found[1]}{self.of(found[2], int(found[3]))}", text)


def _named(path: Path, kind: str) -> Iterator[tuple[int, str]]:
    for record in directory.records(path, kind):
        try:
            yield number(record, "number", least=1), str(record.get("id"))
        except Broken:
            continue  # reported when it is read as a whole


def _differing(model, named: Iterator[tuple[int, str]]) -> dict[int, int]:
    """Return the new numbers of those that were imported under another one, or that other rows here have."""
    found = {}
    while some := dict(islice(named, ROWS)):
        known = _known(model, some.values())
        wishes = [old for old, source in some.items() if source not in known]
        new = dict(zip(wishes, keys.reserve(model, wishes), strict=True))
        new |= {old: known[source] for old, source in some.items() if source in known}
        found |= {old: pk for old, pk in new.items() if pk != old}
    return found


def _known(model, sources) -> dict[str, int]:
    if model is Topic:
        return dict(Topic.objects.filter(source__in=[*sources]).values_list("source", "pk"))
    return dict(
        Origin.objects.filter(source__in=[*sources], comment__isnull=False).values_list(
            "source", "comment_id"
        )
    )
