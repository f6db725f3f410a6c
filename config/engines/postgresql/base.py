"""Django's backend for Postgres with timeouts for statements, for locks, and for a Postgres that is frozen.

Postgres cancels slow statements itself. A frozen Postgres cannot, and its kernel still accepts connections and data.
Therefore a process that answers requests also stops waiting by itself and closes the connection.
"""

import time
from types import SimpleNamespace

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base

from config.engines import clock
from config.engines.postgresql import outage, timeouts
from config.monitoring import time_spent

USABLE_SECONDS = 2
"""How long a request waits for an answer on the connection that the request before it has left."""


class Connection(psycopg.Connection):
    """Gives up when Postgres does not answer within `answer` seconds, and closes itself then. Adds up the time."""

    answer: float | None = None

    def wait(self, gen, *args, **options):
        began = time.perf_counter()
        if self.answer:
            gen = outage.interrupt(gen, self)
        try:
            return super().wait(gen, *args, **options | {"timeout": self.answer})
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == psycopg.pq.TransactionStatus.ACTIVE:
                self.pgconn.finish()  # the statement still runs there, so the connection is of no use
            raise
        finally:
            time_spent.here.database += time.perf_counter() - began


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection with timeouts. The timeouts are those that `timeouts.current` returns when it connects."""

    Database = SimpleNamespace(**vars(psycopg) | {"connect": Connection.connect})

    def get_new_connection(self, conn_params):
        """Connect. Raises OperationalError at once if this process answers requests and Postgres answers nobody."""
        is_page = timeouts.current().answer is not None
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
        connection.answer = timeouts.current().answer
        return connection

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
            clock.compare(cursor.fetchone()[0])

    def is_usable(self):
        """Whether Postgres answers on this connection, within USABLE_SECONDS in a process that answers requests."""
        if self.connection is None or self.connection.answer is None:
            return super().is_usable()
        usual, self.connection.answer = self.connection.answer, USABLE_SECONDS
        try:
            return super().is_usable()
        finally:
            self.connection.answer = usual
