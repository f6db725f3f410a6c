"""Reads the ballot files of real elections, and writes polls for spreadsheets and election tools.

Imports `tally`; start with `records`.
"""

# A reader is `read(path, report) -> Iterator[Election]`. It skips broken lines and passes each to `report` as a
# `BrokenLine`. It raises `ValueError` if the whole file does not have its format. A writer is
# `write(election) -> Iterator[str]`: parts of the text, to be streamed.

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
