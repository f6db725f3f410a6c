"""Exports statements of reasons for acts of moderation, as CSV or JSON. See forums/moderation/dsa_statements.py."""

import csv
import json
import sys
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from forums.models import Action
from forums.moderation import dsa_statements


class Command(BaseCommand):
    help = "Write a statement of reasons for each act of moderation that restricts somebody (DSA, articles 17 and 24)."

    def add_arguments(self, parser):
        parser.add_argument("path", help="the file to write, or - for standard output")
        parser.add_argument("--format", choices=["csv", "json"], default="csv")
        parser.add_argument("--since", type=_day, metavar="YYYY-MM-DD", help="the first day (UTC)")
        parser.add_argument("--until", type=_day, metavar="YYYY-MM-DD", help="the last day (UTC)")

    def handle(self, *, path, since, until, **options):
        acts = Action.objects.with_statement().order_by("pk")
        if since:
            acts = acts.filter(at__gte=_midnight(since))
        if until:
            acts = acts.filter(at__lt=_midnight(until + timedelta(days=1)))
        write = _csv if options["format"] == "csv" else _json
        with _opened(path) as file:
            count = write(dsa_statements.of(acts.iterator(chunk_size=1_000)), file)
        self.stderr.write(f"{count:,} statement{'' if count == 1 else 's'} written.")


def _day(text):
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text} is not a day. Write it as 2026-11-25.") from None


def _midnight(day):
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_fixed_timezone(0))


@contextmanager
def _opened(path):
    if path == "-":
        yield sys.stdout
        return
    try:
        with Path(path).open("w", encoding="utf-8", newline="") as file:
            yield file
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from None


def _csv(found, file) -> int:
    writer = csv.DictWriter(file, dsa_statements.COLUMNS)
    writer.writeheader()
    count = 0
    for statement in found:
        writer.writerow({name: _cell(value) for name, value in statement.items()})
        count += 1
    return count


def _cell(value):
    return " ".join(value) if isinstance(value, list) else value


def _json(found, file) -> int:
    """Write a JSON object with the list that the API of the database takes, one statement at a time."""
    file.write('{"statements": [')
    count = 0
    for count, statement in enumerate(found, start=1):
        file.write(",\n" if count > 1 else "\n")
        json.dump(
            {name: value for name, value in statement.items() if value is not None}, file, ensure_ascii=False
        )
    file.write("\n]}\n")
    return count
