"""Reads the times that Postgres sends: a page has more than a hundred."""

from datetime import UTC, datetime

import psycopg
from psycopg.abc import Buffer
from psycopg.types.datetime import TimestamptzLoader


class TimeLoader(TimestamptzLoader):
    """Reads a time in 0.4 µs. Django's loader extends that of psycopg in Python, and needs 4."""

    timezone = UTC
    """Django asks for it, and would otherwise register its own loader."""

    def load(self, data: Buffer) -> datetime:
        try:
            return datetime.fromisoformat(str(data, "ascii")).astimezone(UTC)
        except ValueError:  # such as "infinity", about which psycopg has the better sentence
            return super().load(data).astimezone(UTC)


def register(connection: psycopg.Connection) -> None:
    connection.adapters.register_loader("timestamptz", TimeLoader)
