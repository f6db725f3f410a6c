"""CSV (RFC 4180): one row per ballot, one column per option."""

import csv
import io

from polls.tally import Method

# Spreadsheets run a cell that begins like a formula, and members write the wordings and names.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(election):
    """The rows in the order of the ballots: name, count, then the mark of each option.

    A mark is 1 for a chosen option, a number, a rank from 1, or the reason of an objection; unmarked options are empty.
    A text that begins like a formula gets an apostrophe in front.
    """
    line = io.StringIO()
    writer = csv.writer(line)
    yield _row(writer, line, ["ballot", "count", *map(_harmless, election.options.values())])
    for cast in election.ballots:
        marks = _marks(election.method, cast.ballot)
        cells = [_harmless(marks.get(option, "")) for option in election.options]
        yield _row(writer, line, [_harmless(cast.name), cast.count, *cells])


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
