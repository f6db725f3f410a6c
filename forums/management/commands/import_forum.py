"""Import the discussions of another forum."""

import argparse
import sys
from concurrent.futures import BrokenExecutor
from pathlib import Path
from urllib.parse import urlsplit

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import OperationalError
from tqdm import tqdm

from config.management.operator_error import OperatorError
from forums.importers.pipeline import FORMATS, run
from forums.importers.records.report import Report

WHOLE = "Everything imported so far is complete. Run the same command again to continue."


class Command(BaseCommand):
    help = (
        "Import members, topics and comments of another forum. Run it again to continue after an interruption or "
        "to add what is new; what was imported before stays as it is."
    )

    def add_arguments(self, parser):
        parser.add_argument("format", choices=FORMATS)
        parser.add_argument("path", type=Path, help="the directory that holds the data")
        parser.add_argument(
            "--base",
            metavar="URL",
            type=_address,
            help="the other forum's address, to complete links within it",
        )

        parser.add_argument(
            "--repair",
            action="store_true",
            help="convert texts that were imported before again, unless their members have edited them here",
        )

    def handle(self, *, format, path, base, repair, verbosity, **options):
        call_command("migrate", verbosity=0, interactive=False)
        report = Report(warn=self.warn)
        # Without a terminal nobody sees the bar, and it would fill a log.
        with tqdm(unit=" comments", file=sys.stderr, disable=not self.stderr.isatty()) as bar:
            self.bar = bar
            try:
                run(format, path, report, base=base, repairs=repair, advance=self.advance)
            except KeyboardInterrupt:
                bar.close()
                self.stderr.write(f"Stopped. {WHOLE}")
                sys.exit(130)
            except (BrokenExecutor, OperationalError) as error:
                raise OperatorError(
                    f"The import was interrupted ({str(error).strip().splitlines()[0]}). {WHOLE}"
                ) from None
        if notes := report.notes(everything=verbosity > 1):
            self.stdout.write(f"{notes}\n")
        self.stdout.write(report.table())

    def warn(self, sentence):
        with self.bar.external_write_mode(self.stderr):
            self.stderr.write(sentence)

    def advance(self, posts, size):
        self.bar.total = size
        self.bar.update(posts)


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise argparse.ArgumentTypeError("give an address such as https://forum.example.org")
    return text
