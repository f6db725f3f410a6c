"""Reserves keys for rows that refer to each other before they are inserted."""

from collections.abc import Sequence

from django.db import connection


def reserve(model, wishes: Sequence[int | None]) -> list[int]:
    """Return a key for each row: the one that it wishes, if no row has it, otherwise a new one. Three queries at most.

    New keys are higher than all wishes, so later batches find theirs free.
    """
    wished = [wish for wish in wishes if wish is not None]
    with connection.cursor() as cursor:
        taken: set[int] = set()
        if wished:
            cursor.execute(
                _RAISE.format(table=model._meta.db_table), {"table": model._meta.db_table, "to": max(wished)}
            )
            cursor.execute(_TAKEN.format(table=model._meta.db_table), [wished])
            taken = {pk for (pk,) in cursor.fetchall()}
        keys = [_free(wish, taken) for wish in wishes]
        new = _new(cursor, model, keys.count(None))
    return [next(new) if key is None else key for key in keys]


_RAISE = """
    SELECT setval(name, greatest(last_value, %(to)s))
    FROM pg_get_serial_sequence(%(table)s, 'id') name, {table}_id_seq"""
_TAKEN = "SELECT id FROM {table} WHERE id = ANY(%s)"


def _free(wish: int | None, taken: set[int]) -> int | None:
    if wish is None or wish in taken:
        return None
    taken.add(wish)
    return wish


def _new(cursor, model, count: int):
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
        [model._meta.db_table, count],
    )
    return iter([pk for (pk,) in cursor.fetchall()])
