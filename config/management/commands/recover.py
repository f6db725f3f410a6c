"""Recovers the embedded Postgres to a point in time."""

from datetime import datetime
from pathlib import Path

from django.core.management import BaseCommand
from django.db import connection

from config.backup import point_in_time
from config.engines import readiness
from config.management.operator_error import OperatorError


class Command(BaseCommand):
    help = (
        "Replace the cluster of the stopped site by a base backup, and replay the archived log up to a time."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path, help="a directory that `base_backup` has written")
        parser.add_argument(
            "--until", required=True, metavar="TIME", help="such as 2026-11-29T18:30:00+00:00"
        )

    def handle(self, path, until, **options):
        try:
            moment = datetime.fromisoformat(until)
        except ValueError:
            raise OperatorError(f"{until} is no time: write for example 2026-11-29T18:30:00+00:00.") from None
        if moment.tzinfo is None:
            raise OperatorError(f"{until} has no time zone: add for example +00:00.")
        old = point_in_time.prepare_recovery(path, moment)
        readiness.ready()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_is_in_recovery()")
            if cursor.fetchone()[0]:
                raise OperatorError("Postgres still replays its log: wait, then start the site.")
        self.stdout.write(f"The database is that of {moment.isoformat()}. The one before is in {old}.")
        self.stdout.write("Make a new base backup, run `recount`, then start the site.")
