"""Pagination of lists that may have millions of rows."""

from functools import cached_property

from django.core.paginator import Paginator
from django.db import connection

MAX_COUNT = 10_000
"""At most this many rows are counted and can be paged through. To find others, search."""


class BoundedPaginator(Paginator):
    """A paginator that stops counting at `MAX_COUNT`, because COUNT(*) takes seconds for millions of rows.

    At most two queries.
    """

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[:MAX_COUNT].count()

    @cached_property
    def display_count(self) -> str:
        """The number of rows for people to read: exact below `MAX_COUNT`, otherwise estimated."""
        if self.count < MAX_COUNT:
            return f"{self.count:,}"
        about = self._estimated()
        return f"about {about:,}" if about > MAX_COUNT else f"more than {MAX_COUNT:,}"

    def _estimated(self):
        """The number of rows of the whole table in Postgres's statistics; 0 if the list is filtered."""
        if self.object_list.query.where:
            return 0
        with connection.cursor() as cursor:
            table = self.object_list.model._meta.db_table
            cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [table])
            return cursor.fetchone()[0]
