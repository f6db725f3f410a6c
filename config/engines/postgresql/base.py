"""Django's backend for Postgres with timeouts for statements, for locks, and for a Postgres that is frozen.

Postgres cancels slow statements itself. A frozen Postgres cannot, and its kernel still accepts connections and data.
Therefore a process that answers requests also stops waiting by itself and closes the connection.
"""

import select
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import SimpleNamespace

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.backends.postgresql import base

from config.engines import clock
from config.engines.postgresql import outage, timeouts, times
from config.monitoring import time_spent

USABLE_SECONDS = 2
"""How long a request waits for an answer on the connection that the request before it has left."""
RECENT_SECONDS = 1
"""A connection that was used so recently is not tried, unless it has ended. That saves each request a statement."""


class Connection(psycopg.Connection):
    """Gives up when Postgres does not answer within `answer` seconds, and closes itself then. Adds up the time."""

    answer: float | None = None
    is_replica = False
    used_at = 0.0
    """The time of the last answer."""

    def wait(self, gen, *args, **options):
        began = time.perf_counter()
        if self.answer and not self.is_replica:
            gen = outage.interrupt(gen, self)
        try:
            answer = super().wait(gen, *args, **options | {"timeout": self.answer})
            self.used_at = time.perf_counter()
            return answer
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == psycopg.pq.TransactionStatus.ACTIVE:
                self.pgconn.finish()  # the statement still runs there, so the connection is of no use
            raise
        finally:
            time_spent.here.database += time.perf_counter() - began

    def is_recent(self) -> bool:
        """Whether Postgres answered a moment ago and has said nothing since, such as that it closes the connection."""
        if self.closed or time.perf_counter() - self.used_at > RECENT_SECONDS:
            return False
        waiting = select.poll()
        waiting.register(self.fileno(), select.POLLIN)
        return not waiting.poll(0)


def _connect(*args, **options):
    return Connection.connect(*args, **options)  # looked up at each call, because tracing replaces it


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection with timeouts. The timeouts are those that `timeouts.current` returns when it connects."""

    _kept_cursor = None
    Database = SimpleNamespace(**vars(psycopg) | {"connect": _connect})

    def get_new_connection(self, conn_params):
        """Connect. Raises OperationalError at once if this process answers requests and Postgres answers nobody."""
        is_replica = self.alias != DEFAULT_DB_ALIAS  # whose silence is no outage (config/replicas)
        is_page = timeouts.current().answer is not None and not is_replica
        if is_page and outage.is_on():
            raise psycopg.OperationalError("Postgres does not answer")
        try:
            connection = super().get_new_connection(conn_params)
        except psycopg.errors.ConnectionTimeout:
            if is_page:
                outage.begin(
                    self.settings_dict["HOST"] or "localhost", int(self.settings_dict["PORT"] or 5432)
                )
            raise
        times.register(connection)
        connection.answer, connection.is_replica = timeouts.current().answer, is_replica
        return connection

    def rows(self, sql: str, parameters: Sequence | Mapping = ()) -> list[tuple]:
        """All rows that a statement returns.

        Uses one cursor again and again: making one takes as long as a small statement.
        """
        if self.queries_logged:  # with a cursor of another class
            with self.cursor() as cursor:
                cursor.execute(sql, parameters)
                return cursor.fetchall()
        self.close_if_health_check_failed()
        self.ensure_connection()
        if self._kept_cursor is None or self._kept_cursor.connection is not self.connection:
            with self.wrap_database_errors:
                self._kept_cursor = self._prepare_cursor(self.create_cursor())
        self.validate_thread_sharing()
        self._kept_cursor.execute(sql, parameters)
        return self._kept_cursor.fetchall()

    def init_connection_state(self):
        """Set the timeouts and compare the clocks. One query.

        Not by the parameter `options` when connecting, which poolers refuse. Behind a pooler in transaction mode the
        setting would stay with the server's connection, which others use next; the pooler itself has to set it.
        """
        super().init_connection_state()
        limits = timeouts.current()
        values = [f"{limits.statement * 1000:.0f}", f"{limits.lock * 1000:.0f}"]
        with self.connection.cursor() as cursor:
            if settings.TRANSACTION_POOLER:
                cursor.execute("SELECT clock_timestamp()")
            else:
                cursor.execute(
                    "SELECT clock_timestamp(), set_config('statement_timeout', %s, false), "
                    "set_config('lock_timeout', %s, false)",
                    values,
                )
            if self.alias == DEFAULT_DB_ALIAS:
                clock.compare(cursor.fetchone()[0])

    def is_usable(self):
        """Whether Postgres answers on this connection, within USABLE_SECONDS in a process that answers requests."""
        if self.connection is None or self.connection.answer is None:
            return super().is_usable()
        if self.connection.is_recent():
            return True
        with self.answering_within(USABLE_SECONDS):
            return super().is_usable()

    @contextmanager
    def answering_within(self, seconds: float) -> Iterator[None]:
        """Give up statements of the block that are not answered within `seconds`. Connects if necessary."""
        self.ensure_connection()
        connection = self.connection
        usual, connection.answer = connection.answer, seconds
        try:
            yield
        finally:
            connection.answer = usual
