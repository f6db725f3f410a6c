"""The cast vote records of the City of Minneapolis (2013), one row per ballot, as CSV or as the city's workbook.

Columns: precinct, first, second and third choice, count. A choice is a candidate's name, "undervote" (nothing marked),
"overvote" (several marked) or "UWI" (an undeclared write-in, which the city counts as one more candidate). Like the
city, this reader skips undervotes and overvotes and takes the next choice. Naming a candidate twice adds nothing.
Headings and these three words may be in capitals or not, because the city's files of other years differ.
"""

import csv
import re
from pathlib import Path

from polls.formats import text, workbook
from polls.formats.records import BrokenLine, Cast, Election
from polls.tally import Method

PASSED_OVER = ("undervote", "overvote")
WRITE_INS = "UWI"
SPECIAL = {word.casefold(): word for word in (*PASSED_OVER, WRITE_INS)}


def read(path, report):
    """One election by instant run-off. Its title is taken from the heading of the first choice."""
    path = Path(path)
    rows = _rows(path)
    _, heading = next(rows, (1, []))
    ends = [cell.strip().casefold() for cell in (*heading[:1], *heading[-1:])]
    if len(heading) < 3 or ends != ["precinct", "count"]:
        raise ValueError(f"{path.name} does not begin with the headings Precinct, choices, COUNT")
    ids, ballots = {}, []
    for line, row in rows:
        try:
            ballots.append(_cast(row, len(heading), ids))
        except ValueError as reason:
            report(BrokenLine(path.name, line, str(reason)))
    yield Election(_title(heading), Method.RUNOFF, {number: name for name, number in ids.items()}, ballots)


def _rows(path):
    if path.suffix.lower() == ".xlsx":
        yield from workbook.rows(path)
        return
    # Line by line, so that an unclosed quote breaks its own line and not the rest of the file.
    for number, line in text.lines(path):
        yield number, next(csv.reader([line]), [])


def _cast(row, width, ids):
    if len(row) != width:
        raise ValueError(f"{len(row)} columns instead of {width}")
    *choices, count = [cell.strip() for cell in row[1:]]
    if not re.fullmatch("[1-9][0-9]{0,8}", count):
        raise ValueError(f"the count is {count!r}, not a whole number above 0")
    if not all(choices):
        raise ValueError("a choice is empty")
    # A dict keeps the order of the choices, and a set would not.
    named = [SPECIAL.get(name.casefold(), name) for name in choices]
    ranked = dict.fromkeys(name for name in named if name not in PASSED_OVER)
    return Cast(tuple((ids.setdefault(name, len(ids) + 1),) for name in ranked), int(count))


def _title(heading):
    return (
        re.split("choice", heading[1], maxsplit=1, flags=re.IGNORECASE)[-1].strip().capitalize() or heading[1]
    )
