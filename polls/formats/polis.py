"""The open data of Polis: a folder with `comments.csv` (statements) and `votes.csv` (who agreed with which).

Each statement is a poll with one choice: agree, disagree or pass. A participant may vote again on a statement, and the
published `agrees` and `disagrees` count all votes, the earlier ones too. Each vote is therefore a ballot, in the file's
order and named by its participant. To get one vote per person, keep the last ballot of each name.
"""

import csv
from io import StringIO
from pathlib import Path

from polls.formats import text
from polls.formats.records import BrokenLine, Cast, Election
from polls.tally import Method

OPTIONS = {1: "Agree", 2: "Disagree", 3: "Pass"}
MARKS = {"1": (1,), "-1": (2,), "0": (3,)}


def read(path, report):
    """One election per statement, in the order of their numbers. The title is the statement."""
    folder = Path(path)
    statements = dict(_statements(folder / "comments.csv", report))
    votes = {number: [] for number in statements}
    for line, row in _rows(folder / "votes.csv", {"comment-id", "voter-id", "vote"}):
        number, mark = row["comment-id"], MARKS.get(row["vote"])
        if number not in votes:
            report(BrokenLine("votes.csv", line, f"statement {number!r} is not in comments.csv"))
        elif mark is None:
            report(BrokenLine("votes.csv", line, f"the vote is {row['vote']!r}, not 1, 0 or -1"))
        else:
            votes[number].append(Cast(mark, 1, row["voter-id"]))
    for number in sorted(statements, key=int):
        yield Election(statements[number], Method.ONE, OPTIONS, votes[number])


def _statements(path, report):
    for line, row in _rows(path, {"comment-id", "comment-body"}):
        number, body = row["comment-id"], row["comment-body"]
        if number and number.isascii() and number.isdigit() and body:
            yield number, body
        else:
            report(BrokenLine(path.name, line, "a statement needs a whole number and a wording"))


def _rows(path, needed):
    reader = csv.DictReader(StringIO(text.content(path), newline=""))
    try:
        if not needed <= set(reader.fieldnames or ()):
            raise ValueError(f"{path.name} lacks a column of {', '.join(sorted(needed))}")
        for row in reader:
            yield reader.line_num, row
    except csv.Error as problem:
        raise ValueError(f"{path.name}, line {reader.line_num}: {problem}") from problem
