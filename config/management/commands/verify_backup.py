"""Verifies a backup by restoring it."""

from pathlib import Path

from django.core.management import BaseCommand

from config.backup import restore
from config.backup.archive import MEDIA
from config.management.operator_error import OperatorError


class Command(BaseCommand):
    help = "Restore a backup into a scratch database on this site's server, and compare all rows with its manifest."

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path, help="a file that `manage.py backup` wrote")

    def handle(self, path, **options):
        with restore.opened(path) as (manifest, directory), restore.scratch_database() as scratch:
            restore.fill(scratch, manifest, directory)
            if different := restore.differences(scratch, manifest):
                raise OperatorError(f"{path} cannot be restored as it was. " + " ".join(different))
        media = sum(name.startswith(f"{MEDIA}/") for name in manifest["files"])
        self.stdout.write(
            f"{path} is good: {restore.extent(manifest)} and {media:,} media files, of {manifest['made_at']}"
        )
