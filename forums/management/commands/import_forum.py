"""Import the discussions of another forum."""

import argparse
import sys
from concurrent.futures import BrokenExecutor
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import OperationalError, ProgrammingError
from tqdm import tqdm

from config.management.operator_error import OperatorError
from forums.importers import category_names
from forums.importers.formats import FORMATS, detect
from forums.importers.pipeline import run
from forums.importers.records.report import Report

WHOLE = "Everything imported so far is complete. Run the same command again to continue."


class Command(BaseCommand):
    help = (
        "Import members, topics and comments of another forum. Run it again to continue after an interruption or "
        "to add what is new; what was imported before stays as it is."
    )

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path, help="the directory or file that holds the data")
        parser.add_argument(
            "--format", choices=sorted(FORMATS), help="the format of the data, if it is not recognised"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="write nothing; report what would be imported and left out"
        )
        parser.add_argument(
            "--base",
            metavar="URL",
            type=_address,
            help="the other forum's address, to complete links within it and to redirect old addresses",
        )
        parser.add_argument(
            "--names",
            metavar="FILE",
            type=Path,
            help="names of categories, if the data has only their numbers: lines such as `4 Garden`, or Discourse's "
            "site.json",
        )
        parser.add_argument(
            "--numbers",
            metavar="FILE",
            type=Path,
            help="numbers of the first mails of months in the archive of a mailing list: lines such as `2011-March "
            "12345`",
        )
        parser.add_argument(
            "--download-pictures",
            action="store_true",
            help="have pictures downloaded that are not beside the data, from the public addresses in the texts",
        )
        parser.add_argument(
            "--repair",
            action="store_true",
            help="convert texts that were imported before again, unless their members have edited them here",
        )

    def handle(
        self, *, path, format, dry_run, base, names, numbers, download_pictures, repair, verbosity, **options
    ):
        if download_pictures and not settings.PICTURES_FETCHED:
            raise OperatorError("PICTURES_FETCHED is off, so nothing is downloaded: switch it on.")
        form = format or detect(path)
        if not dry_run:
            call_command("migrate", verbosity=0, interactive=False)
        report = Report(warn=self.warn)
        # Without a terminal nobody sees the bar, and it would fill a log.
        with tqdm(unit=" comments", file=sys.stderr, disable=not self.stderr.isatty()) as bar:
            self.bar = bar
            try:
                run(
                    form,
                    path,
                    report,
                    base=base,
                    repairs=repair,
                    is_rehearsal=dry_run,
                    downloads=download_pictures,
                    names=names and category_names.read(names),
                    numbers=numbers,
                    advance=self.advance,
                )
            except KeyboardInterrupt:
                bar.close()
                self.stderr.write(f"Stopped. {WHOLE}")
                sys.exit(130)
            except ProgrammingError as error:
                if not dry_run:
                    raise
                raise OperatorError("The database is older than the code: run `migrate` first.") from error
            except (BrokenExecutor, OperationalError) as error:
                raise OperatorError(
                    f"The import was interrupted ({str(error).strip().splitlines()[0]}). {WHOLE}"
                ) from None
        if not format:
            self.stdout.write(f"Format: {form}")
        if notes := report.notes(everything=verbosity > 1):
            self.stdout.write(f"{notes}\n")
        self.stdout.write(report.table())
        if dry_run:
            self.stdout.write("Nothing was written.")

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
