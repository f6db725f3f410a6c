"""Restores a backup."""

from pathlib import Path

import redis
from django.conf import settings
from django.core.management import BaseCommand, call_command
from django.db import connection
from django_redis import get_redis_connection
from environ import Env

from config.backup import restore, tables
from config.management.operator_error import OperatorError


class Command(BaseCommand):
    help = "Restore a backup into this site, which must be stopped, or only its database into another one."

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path, help="a file that `manage.py backup` wrote")
        parser.add_argument(
            "--into", metavar="URL", default="",
            help="another database, for example postgres://user@host/name; media and Redis stay as they are",
        )  # fmt: skip
        parser.add_argument(
            "--overwrite", action="store_true", help="delete everything that the database contains"
        )

    def handle(self, path, into, overwrite, **options):
        if into:
            connection.close()
            connection.settings_dict.update(
                Env.db_url_config(into) | {"ENGINE": connection.settings_dict["ENGINE"]}
            )
        with restore.opened(path) as (manifest, directory):
            if tables.names(connection):
                if not overwrite:
                    raise OperatorError("The database is not empty: name an empty one, or add --overwrite.")
                restore.empty(connection)
            self.stdout.write(f"Restoring the backup of {manifest['made_at']}")
            restore.fill(connection, manifest, directory)
            if different := restore.differences(connection, manifest):
                raise OperatorError("The restored database differs from the backup. " + " ".join(different))
            self.stdout.write(f"  {restore.extent(manifest)}, equal to the backup")
            if not into:
                self.stdout.write(f"  {restore.replace_media(directory):,} media files")
                self.stdout.write(f"  {_forget_redis()}")
        call_command("migrate", verbosity=0)
        self.stdout.write("  The database is as new as the code")
        for step in restore.steps_after():
            self.stdout.write(f"  {step()}")


def _forget_redis() -> str:
    """Empty both Redis databases, because they contain counts and pages of what has been replaced."""
    try:
        for alias in ("default", "evictable"):
            get_redis_connection(alias).flushdb()
    except redis.RedisError:
        return f"Redis does not answer at {settings.REDIS_URL}: empty it before you start the site (FLUSHDB)"
    return "Redis is empty; it fills itself"
