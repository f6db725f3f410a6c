"""Permanent names of categories, members, topics, comments and polls: `folkmoot:<site>:<kind>:<number>`.

Content that was imported from an export keeps its name, so a second round trip changes nothing. An importer stores the
name as the source (`forums.models.Origin`), so importing twice adds nothing.
"""

from collections.abc import Collection, Iterable
from hashlib import blake2b

from django.db.migrations.recorder import MigrationRecorder
from django.db.models import F, Min, OuterRef, Subquery

from accounts.models import User
from forums.models import Category, Comment, Origin

PREFIX = "folkmoot:"


class Identifiers:
    """Names rows as `viewer` may see them. Rows that the viewer may not see have no name."""

    def __init__(self, viewer):
        self.viewer = viewer
        born = MigrationRecorder.Migration.objects.aggregate(at=Min("applied"))["at"]
        self.site = blake2b(born.isoformat().encode(), digest_size=6).hexdigest()
        """Differs from site to site and never changes, because each site ran its first migration at another moment."""
        self.named_members: set[int] = set()
        """The members whom something in the export names."""

    def of(self, kind: str, pk: int, source: str | None = None) -> str:
        """The name of a row that was imported from `source`, or was written here."""
        if source and source.startswith(PREFIX):
            return source
        return f"{PREFIX}{self.site}:{kind}:{pk}"

    def of_comment(self, row) -> tuple[str, str | None]:
        """The names of a comment and of its parent. The row has their sources as `source` and `parent_source`."""
        parent = row.parent_id and self.of("comment", row.parent_id, row.parent_source)
        return self.of("comment", row.pk, row.source), parent

    def members(self, pks: Iterable[int | None]) -> dict[int | None, str]:
        """The names of these members by their ids. One query. They are then part of the export."""
        found = User.objects.visible_to(self.viewer).among({pk for pk in pks if pk is not None})
        named = found.annotate(source=_source("member")).values_list("pk", "source")
        names = {pk: self.of("member", pk, source) for pk, source in named}
        self.named_members |= names.keys()
        return names

    def comments(self, pks: Collection[int]) -> dict[int, str]:
        """The names of these comments by their ids, as far as they can be read. One query."""
        found = Comment.objects.visible_to(self.viewer).readable().filter(pk__in=pks)
        named = found.annotate(source=F("origin__source")).values_list("pk", "source")
        return {pk: self.of("comment", pk, source) for pk, source in named}

    def categories(self) -> dict[int, str]:
        """The names of all categories by their ids. One query."""
        found = Category.objects.visible_to(self.viewer).annotate(source=_source("category"))
        return {each.pk: self.of("category", each.pk, each.source) for each in found}


def _source(column: str) -> Subquery:
    """The export from which a row came; null if it came from none."""
    own = Origin.objects.filter(**{column: OuterRef("pk")}, source__startswith=PREFIX)
    return Subquery(own.order_by("pk").values("source")[:1])
