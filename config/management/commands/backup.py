"""Writes a backup of the whole site while it runs."""

import os
import sys
from pathlib import Path

from django.core.management import BaseCommand

from config.backup import retention, run
from config.backup.write import write
from config.management.operator_error import OperatorError
from config.management.progress_bar import ProgressBar


class Command(BaseCommand):
    help = "Write the database, the media and the settings that are no secrets into one file. The site may be running."

    def add_arguments(self, parser):
        parser.add_argument("path", help="a new file, an existing directory, or - for the standard output")
        parser.add_argument(
            "--keep", default="", metavar="7d4w6m",
            help="then delete old backups in the directory, except the newest of 7 days, 4 weeks and 6 months",
        )  # fmt: skip

    def handle(self, path, keep, **options):
        target = Path(path)
        if keep and not target.is_dir():
            raise OperatorError("--keep needs a directory, because it deletes old backups there.")
        with ProgressBar() as bar:
            try:
                if path == "-":
                    self._to_pipe(bar.show)
                    return
                if target.is_dir():
                    target, deleted = run.into_directory(target, keep, bar.show)
                elif target.exists():
                    raise OperatorError(f"{target} exists: name a new file.")
                else:
                    run.into_file(target, bar.show)
                    deleted = []
            except OSError as error:
                raise OperatorError(f"The backup could not be written: {error}") from None
        self.stdout.write(f"{target}: {target.stat().st_size / 1e6:,.1f} MB")
        if deleted:
            self.stdout.write(
                f"Deleted {len(deleted)} old backups; {len(retention.backups(target.parent))} remain."
            )

    def _to_pipe(self, progress):
        if sys.stdout.isatty():
            raise OperatorError(
                "A backup is not fit for a terminal: redirect the output into a file or a program."
            )
        with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as out:
            write(out, progress)
