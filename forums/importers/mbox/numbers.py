"""Finds the numbers that pipermail gave to the mails of a list, because its mbox files do not have them.

Pipermail numbers all mails of a list in the order of their arrival, and adds each to the file of the month in its
header `Date`. So the mails of a file are in the order of their numbers.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote_to_bytes

from config.management.operator_error import OperatorError
from forums.importers.mbox import files
from forums.importers.mbox.messages import key_of
from forums.old_addresses.keys import MONTHS

PAGE = re.compile(r"([0-9]{4,9})\.html")
ANSWER = re.compile(rb"In-Reply-To=(?:%3C|<|&lt;)([^\"&<>\s]+?)(?:%3E|>|&gt;)", re.IGNORECASE)
"""The link in a page with which one answers its mail. It has the Message-ID."""
MONTH = re.compile(rf"([0-9]{{4}})-({'|'.join(MONTHS)})")
LINE = re.compile(r"\s*(\S+)\s+([0-9]{1,9})\s*")
HEAD = 8000
"""Bytes of a page that are read. The link is in its head."""


def of_pages(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the number and the key of each mail whose page of pipermail is in the directory. These are exact."""
    for page in sorted(path.rglob("*.html")) if path.is_dir() else ():
        if (number := PAGE.fullmatch(page.name)) and page.is_file():
            with page.open("rb") as file:
                found = ANSWER.search(file.read(HEAD))
            if found:
                yield int(number[1]), key_of(unquote_to_bytes(found[1]))


def read(file: Path) -> dict[str, int]:
    """Return the number of the first mail of each month or file that `file` names. Raises OperatorError."""
    try:
        lines = file.read_text().splitlines()
    except (OSError, ValueError) as error:
        raise OperatorError(f"{file} cannot be read ({getattr(error, 'strerror', None) or error}).") from None
    found = {}
    for number, line in enumerate(lines, 1):
        if match := LINE.fullmatch(line):
            found[match[1]] = int(match[2])
        elif line.strip():
            raise OperatorError(
                f"{file}, line {number}: write a month and a number, such as `2011-March 12345`."
            )
    return found


def count(archive: list[Path], first: dict[str, int], warn: Callable[[str], None]) -> dict[Path, int]:
    """Return the number of the first mail of each file, counted from the months and files that are in `first`.

    If the mails from one of these months to the next are more or fewer than their numbers, nobody can tell which number
    is whose. These months are left out, and `warn` gets a sentence.
    """
    months = {file.stem: file for file in sorted(archive, key=_month) if MONTH.fullmatch(file.stem)}
    others = {file.name: file for file in archive if not MONTH.fullmatch(file.stem)}
    known = {others[name]: number for name, number in first.items() if name in others}
    for name in sorted(first.keys() - months.keys() - others.keys()):
        warn(f"--numbers names {name}, which is not in the data.")
    run: dict[Path, int] = {}
    counted = 0
    for month, file in months.items():
        if month in first:
            if run and counted != first[month]:
                begin = next(iter(run)).stem
                warn(
                    f"The files from {begin} to {month} hold {counted - first[begin]:,} mails for "
                    f"{first[month] - first[begin]:,} numbers, so these mails have no old addresses of pipermail."
                )
                run = {}
            known |= run
            run, counted = {}, first[month]
        if month in first or run:
            run[file] = counted
            counted += sum(1 for _ in files.messages(file))
    return known | run


def _month(file: Path) -> tuple[int, int]:
    found = MONTH.fullmatch(file.stem)
    return (int(found[1]), MONTHS.index(found[2])) if found else (0, 0)
