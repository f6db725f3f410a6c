"""Puts back the texts that pipermail took out of mails, from the directory `attachments` of its archive.

It takes out parts without a charset, which may be the whole text of a mail, and leaves the address of their file.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from forums.importers.mbox.charsets import in_charset

STUB = re.compile(
    r"^An embedded (?:and charset-unspecified )?text was scrubbed\.\.\.\nName: (.*)\n(?:\w+: .*\n)*?"
    r"URL: ?<?https?://[^\s<>]*/attachments/([0-9]{8}/[0-9a-f]{8}/[^\s<>/]+)>?$",
    re.IGNORECASE | re.MULTILINE,
)
UNNAMED = "not available"
MOST_BYTES = 200_000
"""Of a file. Larger ones stay links."""


class Piece(NamedTuple):
    text: str
    name: str = ""
    """The name of a file; "" for text of the mail itself."""


class Scrubbed:
    """The texts in the directories `attachments` below `path`."""

    def __init__(self, path: Path):
        found = path.rglob("attachments") if path.is_dir() else ()
        self._directories = [each for each in found if each.is_dir()]

    def pieces(self, text: str) -> Iterator[Piece]:
        """Divide the text of a mail at the texts that were taken out, and yield those, too, if their files are here."""
        text, at = text.replace("\r\n", "\n"), 0
        for stub in STUB.finditer(text) if self._directories else ():
            if (found := self._read(stub[2])) is not None:
                yield Piece(text[at : stub.start()])
                yield Piece(found, "" if stub[1] == UNNAMED else stub[1])
                at = stub.end()
        yield Piece(text[at:])

    def _read(self, name: str) -> str | None:
        files = (each / name for each in self._directories)
        file = next((each for each in files if each.is_file() and not each.is_symlink()), None)
        if file is None or file.stat().st_size > MOST_BYTES:
            return None
        return in_charset(file.read_bytes(), None)
