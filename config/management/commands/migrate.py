"""Django's `migrate`, which waits for locks in small steps, so that the running site does not wait for long."""

import time

import psycopg
from django.core.management.commands import migrate
from django.db import OperationalError, connections

LOCK_SECONDS = 1
"""How long a migration waits for a lock. Pages wait behind it, and give up after PAGE_LOCK_SECONDS."""
PAUSE = 2
"""Seconds for the pages before the next attempt."""
PATIENCE = 1_800
"""Seconds of attempts. A backup may read all tables for so long."""


class Command(migrate.Command):
    help = f"{migrate.Command.help} Tries again if a table is in use for more than {LOCK_SECONDS} second."

    def handle(self, *args, **options):
        until = time.monotonic() + PATIENCE
        self.database = options["database"]
        while True:
            try:
                return super().handle(*args, **options)
            except OperationalError as error:
                if (
                    not isinstance(error.__cause__, psycopg.errors.LockNotAvailable)
                    or time.monotonic() > until
                ):
                    raise
                self.stdout.write("A table is in use; trying again.")
                time.sleep(PAUSE)

    def migration_progress_callback(self, action, migration=None, fake=False):
        """Limit the wait of a migration that is one transaction. Another one might be left half done."""
        super().migration_progress_callback(action, migration, fake)
        if action in ("apply_start", "unapply_start"):
            seconds = LOCK_SECONDS if migration.atomic else 0
            with connections[self.database].cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{seconds}s"])
