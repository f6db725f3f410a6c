"""Copies the cluster of the embedded Postgres, as the start of a recovery to a point in time."""

from pathlib import Path

from django.core.management import BaseCommand

from config.backup import point_in_time


class Command(BaseCommand):
    help = "Copy the cluster of the embedded Postgres into a new directory, for `recover`. The site may be running."

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path, help="a new directory")

    def handle(self, path, **options):
        point_in_time.base_backup(path)
        self.stdout.write(f"{path} is complete. Keep it with the files in WAL_DIRECTORY that are newer.")
