"""Ballot files: reading those of real elections, writing our own polls for spreadsheets and election tools.

A reader is `read(path, report) -> Iterator[Election]`: it yields what it could read, gives each
`BrokenLine` to `report` and goes on. It raises `ValueError` where the file as a whole is not of its format.
A writer is `write(election) -> Iterator[str]`: pieces of text to stream.
"""

from polls.formats import blt, debian, minneapolis, plain_json, polis, preference, spreadsheet
from polls.formats.records import BrokenLine, Cast, Election, Report

READERS = {"blt": blt.read, "debian": debian.read, "minneapolis": minneapolis.read, "polis": polis.read}
WRITERS = {
    "csv": spreadsheet.write,
    "json": plain_json.write,
    "blt": blt.write,
    "preference": preference.write,
}

__all__ = ["READERS", "WRITERS", "BrokenLine", "Cast", "Election", "Report"]
