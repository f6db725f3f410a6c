"""Writes all public content in an open format."""

from pathlib import Path

from django.core.management.base import BaseCommand

from config.management.operator_error import OperatorError
from config.management.progress_bar import ProgressBar
from forums.export.write import write


class Command(BaseCommand):
    help = (
        "Write everything that a visitor may see into a new directory: JSON lines, media, and pages to read without a "
        "server. forums/export/README.md describes the files. The site may be running."
    )

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path, help="a new directory")

    def handle(self, *, path, **options):
        with ProgressBar() as bar:
            try:
                counts = write(path, bar.show)
            except OSError as error:
                raise OperatorError(f"The export could not be written: {error}") from None
        self.stdout.write(f"{path}: " + ", ".join(f"{n:,} {kind}" for kind, n in counts.items() if n))
