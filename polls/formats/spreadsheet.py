"""CSV (RFC 4180): a row a ballot, a column an option."""

import csv
import io

from polls.tally import Method

# A cell that begins like a formula is run by spreadsheets, and the wordings and names are written by members.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(election):
    """Rows in the order of the ballots: name (voter, receipt or empty), count, then for each option its
    mark: 1 where chosen, its score, or its rank from 1; empty where unmarked. A text that begins like a
    formula gets an apostrophe."""
    line = io.StringIO()
    writer = csv.writer(line)
    yield _row(writer, line, ["ballot", "count", *map(_harmless, election.options.values())])
    for cast in election.ballots:
        marks = _marks(election.method, cast.ballot)
        cells = [marks.get(option, "") for option in election.options]
        yield _row(writer, line, [_harmless(cast.name), cast.count, *cells])


def _row(writer, line, cells):
    writer.writerow(cells)
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text


def _marks(method, ballot):
    if method is Method.SCORE:
        return dict(ballot)
    if method.is_ranked:
        return {option: rank for rank, group in enumerate(ballot, start=1) for option in group}
    return dict.fromkeys(ballot, 1)


def _harmless(text):
    return f"'{text}" if text.startswith(FORMULA) else text
