"""Stores the old addresses of imported rows, so that old links are redirected."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db import connection

from forums.importers.records import keys
from forums.importers.texts.links import Links, page_of_comment
from forums.models import Comment, Origin

ROWS = 10_000
"""Sources in one statement."""


class OldAddresses:
    """The keys of the old forum's addresses by the source of their row."""

    def __init__(self, host: str):
        self.host = host
        self._keys: dict[str, list[str]] = defaultdict(list)

    def add_posts(self, addresses: Mapping[str, str], links: Links, *, is_rehearsal: bool) -> dict[str, int]:
        """Reserve keys of comments for posts to come, so that links to them are known. Returns all by source.

        `addresses` are those of `Dump.addresses`. Two queries for each 10,000 posts.
        """
        for key, source in addresses.items():
            self._keys[source].append(key)
        pks = _known([*self._keys])
        new = [source for source in self._keys if source not in pks]
        reserved = [0] * len(new) if is_rehearsal else keys.reserve(Comment, [None] * len(new))
        pks |= zip(new, reserved, strict=True)
        links.add((key, page_of_comment(pks[source])) for key, source in addresses.items())
        return pks

    def store_comments(self, pks: Mapping[str, int]) -> None:
        """Store the addresses of comments, given by source. One query; those that are stored already stay."""
        self.store("comment", [(key, pk) for source, pk in pks.items() for key in self._keys.get(source, ())])

    def store(self, kind: str, pairs: Iterable[tuple[str, int]]) -> None:
        """Store pairs of a key and the primary key of a comment, a member or a category, as `kind` says."""
        if not self.host or not (found := [*pairs]):
            return
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO forums_oldaddress (host, key, {kind}_id)"
                " SELECT %s, each.key, each.pk FROM unnest(%s::text[], %s::bigint[]) AS each (key, pk)"
                " ON CONFLICT DO NOTHING",
                [self.host, [key for key, _ in found], [pk for _, pk in found]],
            )


def _known(sources: list[str]) -> dict[str, int]:
    """Return the keys of comments that earlier imports have brought."""
    found: dict[str, int] = {}
    for start in range(0, len(sources), ROWS):
        rows = Origin.objects.filter(source__in=sources[start : start + ROWS], comment__isnull=False)
        found |= dict(rows.values_list("source", "comment_id"))
    return found
