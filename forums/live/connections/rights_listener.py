"""Listens to Postgres for changes of members' rights, also those by a shell, a command or plain SQL."""

import asyncio

import psycopg
import structlog
from django.conf import settings
from django.db import connections

CHANNEL = "rights_changed"
"""Triggers notify it (accounts/migrations/0014_changes_of_rights.py)."""
WAIT = 5
"""Seconds without a notification after which it checks whether the hub still has connections."""
RETRY_AFTER = 2
"""Seconds between two attempts to reach Postgres."""
log = structlog.get_logger("folkmoot.live")


class RightsListener:
    """Rechecks the connections of members whose rights have changed. Needs one connection of Postgres.

    A pooler in transaction mode passes no notifications on. Then only the admin's changes are published at once, and
    all others are noticed within a minute (`AccessRecheck.sweep`).
    """

    def __init__(self, hub) -> None:
        self._hub = hub
        self._work: asyncio.Task | None = None

    def start(self) -> None:
        """Listen as long as the hub has connections. Does nothing if it listens already."""
        if not settings.TRANSACTION_POOLER and (self._work is None or self._work.done()):
            self._work = asyncio.create_task(self._run())
            self._work.add_done_callback(self._forget)

    def _forget(self, work):
        """Drop the task, whose exception would keep a connection open that was cancelled while it connected."""
        self._work = None

    async def _run(self):
        while self._hub.connections:
            try:
                async with await psycopg.AsyncConnection.connect(
                    **_parameters(), autocommit=True
                ) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    self._hub.access_recheck.add(self._hub.connections)  # for changes before
                    await self._listen(connection)
            except (psycopg.Error, OSError) as error:
                log.warning("no notifications of rights from Postgres", error=str(error))
                await asyncio.sleep(RETRY_AFTER)

    async def _listen(self, connection):
        while self._hub.connections:
            async for notice in connection.notifies(timeout=WAIT):
                member = int(notice.payload) if notice.payload else None
                await self._hub.access_recheck.recheck(member=member, topic=None, category=None)


def _parameters():
    """The parameters of Django's own connection, without those that only it understands."""
    parameters = connections["default"].get_connection_params()
    own = ("context", "cursor_factory", "prepare_threshold", "server_side_binding")
    return {name: value for name, value in parameters.items() if name not in own}
