"""BLT, the oldest ballot format that election tools still read, and its predecessor HIL.

Source: I. D. Hill, B. A. Wichmann and D. R. Woodall, "Algorithm 123: Single Transferable Vote by Meek's
Method", Computer Journal 30 (1987), 277-281. The first line has the number of options and of seats. A ballot has its
number of voters, the options from the best, and 0. A line 0 ends the ballots. Then follow the wordings and the title in
quotes, one per line or all on one line. Common later additions are read as well: `3=5` for a shared rank, `-` for a
skipped rank, a line such as `-2 -5` for withdrawn options, a name in parentheses before a ballot, comments after `#`,
and wordings without quotes, each on its own line.
"""

import re
from pathlib import Path

from polls.formats import ranking, text
from polls.formats.records import BrokenLine, Cast, Election
from polls.tally import Method

QUOTED = re.compile(r'"([^"]*)"')
BEFORE_COMMENT = re.compile(r'(?:[^"#]|"[^"]*"|"(?=[^"]*$))*')
NAME = re.compile(r"^\([^)]*\)\s*")
WITHDRAWN = re.compile(r"(?:\s*-[1-9][0-9]*)+\s*")


def read(path, report):
    """One election: by STV if it has several seats, by Schulze if any ballot shares a rank, otherwise by run-off.

    It is counted as if withdrawn options had never been on the ballots.
    """
    name = Path(path).name
    lines = _lines(path)
    size, seats = _size(name, lines)
    withdrawn = set()
    ballots = list(_ballots(name, lines, size, withdrawn, report))
    wordings, last = [], 0
    for last, line in lines:  # noqa: B007 - the last line is named if wordings are missing
        wordings += QUOTED.findall(line) or [line]
    if len(wordings) < size:
        raise ValueError(f"{name} names {len(wordings)} of its {size} options, and ends with line {last}")
    ballots = [cast._replace(ballot=_without(withdrawn, cast.ballot)) for cast in ballots]
    shared = any(len(group) > 1 for cast in ballots for group in cast.ballot)
    title = " ".join(wordings[size:]) or Path(path).stem
    options = {
        number: wording for number, wording in enumerate(wordings[:size], 1) if number not in withdrawn
    }
    method = Method.STV if seats > 1 else Method.SCHULZE if shared else Method.RUNOFF
    yield Election(title, method, options, ballots, seats)


def write(election):
    """The election as BLT. Equal ballots share a line. Quotes in wordings become apostrophes."""
    place = {option: number for number, option in enumerate(election.options, start=1)}
    yield f"{len(place)} {election.seats}\n"
    for groups, count in ranking.counted(election):
        ranks = ["=".join(str(place[option]) for option in group) for group in groups]
        yield " ".join([str(count), *ranks, "0"]) + "\n"
    yield "0\n"
    for wording in [*election.options.values(), election.title]:
        yield '"{}"\n'.format(" ".join(wording.replace('"', "'").split()))


def _lines(path):
    """Pairs of line number and line, without comments and empty lines."""
    for number, line in text.lines(path):
        if line := BEFORE_COMMENT.match(line)[0].strip():
            yield number, line


def _size(name, lines):
    number, first = next(lines, (1, ""))
    if not re.fullmatch(r"[0-9]{1,4}\s+[1-9][0-9]{0,3}", first):
        raise ValueError(f"{name}, line {number} is not the number of options and of seats")
    return tuple(map(int, first.split()))


def _ballots(name, lines, size, withdrawn, report):
    """The ballots until the line 0. Adds the options that have been withdrawn to `withdrawn`."""
    number = 1
    for number, line in lines:
        marks = NAME.sub("", line).split()
        if marks == ["0"]:
            return
        try:
            if WITHDRAWN.fullmatch(line):
                withdrawn.update(_option(mark[1:], size) for mark in marks)
            else:
                yield _cast(marks, size)
        except ValueError as reason:
            report(BrokenLine(name, number, str(reason)))
    raise ValueError(f"{name} has no line 0 after its ballots, and ends with line {number}")


def _cast(marks, size):
    if len(marks) < 2 or marks[-1] != "0":
        raise ValueError("the ballot does not end with 0")
    count, *ranks = marks[:-1]
    if not re.fullmatch("[1-9][0-9]{0,8}", count):
        raise ValueError(f"{count!r} is not a number of voters")
    groups = [[_option(mark, size) for mark in rank.split("=")] for rank in ranks if rank != "-"]
    named = [option for group in groups for option in group]
    if len(set(named)) < len(named):
        raise ValueError("an option is ranked twice")
    return Cast(tuple(tuple(sorted(group)) for group in groups), int(count))


def _without(withdrawn, ballot):
    remaining = (tuple(option for option in group if option not in withdrawn) for group in ballot)
    return tuple(group for group in remaining if group)


def _option(mark, size):
    if not re.fullmatch("[0-9]{1,9}", mark) or not 1 <= int(mark) <= size:
        raise ValueError(f"{mark!r} is not one of the {size} options")
    return int(mark)
