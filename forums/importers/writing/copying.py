"""Inserts many rows with COPY, which takes a third of the time of INSERT: Django prepares no value."""

from collections.abc import Sequence

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault


def insert(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model. The database fills columns that have no value in the first row.

    Use it only for models whose values psycopg knows, and that compute none when they are saved.
    """
    if not rows:
        return
    options = rows[0]._meta
    fields = [
        field for field in options.local_concrete_fields if not field.generated and _is_given(rows[0], field)
    ]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    names = [field.attname for field in fields]
    with (
        connection.cursor() as cursor,
        cursor.copy(f'COPY "{options.db_table}" ({columns}) FROM STDIN') as copy,
    ):
        for row in rows:
            copy.write_row([getattr(row, name) for name in names])


def _is_given(row: models.Model, field: models.Field) -> bool:
    value = getattr(row, field.attname)
    return not isinstance(value, DatabaseDefault) and not (field.primary_key and value is None)
