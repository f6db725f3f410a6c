"""Lets one process of the whole site do something. If it ends or freezes, another one does it within a minute.

The lease is an advisory lock of Postgres that a transaction holds, so it also works through a pooler. Postgres ends a
transaction that has not been renewed for LEASE_SECONDS, also if the machine of its process is gone. The transaction
keeps no snapshot. With one, `CREATE INDEX CONCURRENTLY` would wait for its end, and vacuum would be held back.
"""

from zlib import crc32

import structlog
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections

LEASE_SECONDS = 45
RENEW_SECONDS = 10
"""The longest pause between two calls of `is_ours`."""
RENEW = "SHOW lock_timeout"
"""A statement without a snapshot. The snapshot of a SELECT is kept until the next statement."""
log = structlog.get_logger("folkmoot.postgres")


class Lease:
    """The lease of this process for what `name` says, on a database connection of its own."""

    def __init__(self, name: str) -> None:
        self.name, self._connection = name, None

    def is_ours(self) -> bool:
        """Renew the lease, or try to get it. One query; four if it was not ours."""
        try:
            if self._connection is not None:
                with self._connection.cursor() as cursor:
                    cursor.execute(RENEW)
                return True
            return self._get()
        except (DatabaseError, InterfaceError) as error:
            log.warning("lease not renewed", lease=self.name, reason=str(error).partition("\n")[0])
            self.leave()
            return False

    def _get(self):
        self._connection = connections[DEFAULT_DB_ALIAS].copy()
        self._connection.inc_thread_sharing()  # beat may start in one thread and tick in another
        self._connection.set_autocommit(False)
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [crc32(self.name.encode())])
            if not cursor.fetchone()[0]:
                self.leave()
                return False
            cursor.execute(
                "SELECT set_config('idle_in_transaction_session_timeout', %s, true)", [f"{LEASE_SECONDS}s"]
            )
            cursor.execute(RENEW)
        log.info("lease taken", lease=self.name)
        return True

    def leave(self) -> None:
        """Give the lease to other processes."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None
