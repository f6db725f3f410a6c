"""CSV (RFC 4180): one row per ballot, one column per option."""

import csv
import io
from itertools import chain

from polls.tally import Method

# Spreadsheets run a cell that begins like a formula, and members write the wordings and names.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(election):
    """The rows in the order of the ballots: name, count, then the mark of each option.

    A mark is 1 for a chosen option, a number, a rank from 1, or the reason of an objection; unmarked options are empty.
    A text that begins like a formula gets an apostrophe in front.
    """
    return table(["ballot", "count", *election.options.values()], _rows(election))


def table(heading, rows):
    """The heading and the rows, line by line. A text that begins like a formula gets an apostrophe in front."""
    line = io.StringIO()
    writer = csv.writer(line)
    for row in chain([heading], rows):
        yield _row(writer, line, map(_harmless, row))


def _rows(election):
    for cast in election.ballots:
        marks = _marks(election.method, cast.ballot)
        yield [cast.name, cast.count, *(marks.get(option, "") for option in election.options)]


def _row(writer, line, cells):
    writer.writerow(cells)
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text


def _marks(method, ballot):
    if method is Method.CONSENT:
        option, *reason = ballot
        return {option: reason[0] if reason else 1}
    if method.has_numbers:
        return dict(ballot)
    if method.is_ranked:
        return {option: rank for rank, group in enumerate(ballot, start=1) for option in group}
    return dict.fromkeys(ballot, 1)


def _harmless(mark):
    return f"'{mark}" if isinstance(mark, str) and mark.startswith(FORMULA) else mark
