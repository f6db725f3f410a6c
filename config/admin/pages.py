"""Pages of lists that may hold millions of rows."""

from functools import cached_property

from django.core.paginator import Paginator
from django.db import connection

MOST = 10_000
"""Rows that are counted and paged through: more than anybody looks at. Beyond them one searches."""


class Counted(Paginator):
    """COUNT(*) takes seconds in millions of rows, so counting ends at `MOST`; two queries at most."""

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[:MOST].count()

    @cached_property
    def said(self) -> str:
        """How many there are, as far as that is known without counting."""
        if self.count < MOST:
            return f"{self.count:,}"
        about = self._estimated()
        return f"about {about:,}" if about > MOST else f"more than {MOST:,}"

    def _estimated(self):
        """The rows of a whole table as Postgres knows it from its last look at them; 0 for a part of one."""
        if self.object_list.query.where:
            return 0
        with connection.cursor() as cursor:
            table = self.object_list.model._meta.db_table
            cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [table])
            return cursor.fetchone()[0]
