"""Finds the messages in mbox files. Only their places stay in memory."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

# A line within a message may begin with "From ", too. So the time, an empty line before and a header after are needed.
DIVIDER = re.compile(
    rb"From \S.* (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) +(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2} "
    rb"[\d:]{5,8}(?: +[A-Z]{1,5})?(?: +[-+]\d{4})? +\d{4}(?: +[-+]\d{4})?\s*"
)
HEADER = re.compile(rb"[!-9;-~]+:")
MOST_BYTES = 32 * 1024 * 1024
"""Of a message that are read. Mail servers accept less."""


class Place(NamedTuple):
    """Where a message is, without its dividing line."""

    file: Path
    number: int
    start: int
    end: int

    @property
    def where(self) -> str:
        return f"{self.file.name}, message {self.number}"

    @property
    def is_too_long(self) -> bool:
        return self.end - self.start > MOST_BYTES

    def read(self) -> bytes:
        """Return the message, or the first MOST_BYTES of it. Lines quoted as ">From " are as they were sent."""
        with self.file.open("rb") as file:
            file.seek(self.start)
            found = file.read(min(self.end - self.start, MOST_BYTES))
        return re.sub(rb"(?m)^>(>*From )", rb"\1", found)


def find(path: Path) -> list[Path]:
    """Return the mbox files in a directory, or the file itself. Others are left out."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    return [file for file in files if file.is_file() and _is_mbox(file)]


def messages(file: Path) -> Iterator[Place]:
    """Yield the place of each message."""
    dividers = [*_dividers(file), (file.stat().st_size, 0)]
    for number, ((_, start), (end, _)) in enumerate(pairwise(dividers), 1):
        yield Place(file, number, start, end)


def _dividers(file: Path) -> Iterator[tuple[int, int]]:
    """Yield where each dividing line begins and ends."""
    with file.open("rb") as lines:
        at, is_after_empty = 0, True
        divider = None
        for line in lines:
            if divider and HEADER.match(line):
                yield divider
            divider = None
            if is_after_empty and line.startswith(b"From ") and DIVIDER.fullmatch(line):
                divider = (at, at + len(line))
            is_after_empty = not line.strip()
            at += len(line)


def _is_mbox(file: Path) -> bool:
    with file.open("rb") as lines:
        return (
            DIVIDER.fullmatch(lines.readline(1000)) is not None and HEADER.match(lines.readline()) is not None
        )
