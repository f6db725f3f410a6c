"""Counts and checksums of all tables, and the tables whose rows are stored in another order than they were written."""

from collections.abc import Iterator
from typing import NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper

_unordered: set[str] = set()


class Content(NamedTuple):
    """What a table contains. Equal rows in another order have the same checksum."""

    rows: int
    checksum: str


def register_unordered(*tables: str) -> None:
    """Have backups store the rows of these tables in the order of their primary keys, which must be random.

    The order in which rows were written is information: the n-th voter of a secret poll wrote the n-th ballot.
    """
    _unordered.update(tables)


def unordered() -> list[str]:
    return sorted(_unordered)


def contents(db: BaseDatabaseWrapper) -> Iterator[tuple[str, Content]]:
    """Yield each table's name and content. One query for each table, which reads all of its rows.

    Times are compared as text, in the time zone of the connection: UTC, as Django sets it.
    """
    with db.cursor() as cursor:
        for table in names(db):
            cursor.execute(
                f"SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {quoted(db, table)} t"
            )
            yield table, Content(*cursor.fetchone())


def names(db: BaseDatabaseWrapper) -> list[str]:
    """The names of all tables of the schema `public`."""
    with db.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


def columns(db: BaseDatabaseWrapper, table: str) -> list[str]:
    """The columns of `table` that can be written: generated ones are computed again."""
    with db.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped "
            "AND attgenerated = '' ORDER BY attnum",
            [quoted(db, table)],
        )
        return [name for (name,) in cursor.fetchall()]


def quoted(db: BaseDatabaseWrapper, table: str) -> str:
    return f"public.{db.ops.quote_name(table)}"
