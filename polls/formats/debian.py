"""The tally sheets of Debian's vote engine, devotee.

A drawing lists the options, from `Option 1--->: wording` on. Each ballot is a line `V: 31-2  <receipt>` with one
character per option: its rank (1 to 9, then a, b …) or `-` for unranked. Ranks may repeat and skip, because only their
order counts. The second column is the hash by which voters find their own ballot.
"""

import re
from pathlib import Path

from polls.formats import text
from polls.formats.records import BrokenLine, Cast, Election
from polls.tally import Method

OPTION = re.compile(r"Option (\d+)-*>: *(.*\S)")
BALLOT = re.compile(r"V: *(\S+)(?:\s+(\S+))?\s*$")


def read(path, report):
    """One election by the Schulze method, which Debian uses (its constitution, A.6)."""
    name = Path(path).name
    options, ballots = {}, []
    for number, line in text.lines(path):
        if match := OPTION.search(line):
            options[int(match[1])] = match[2]
        elif line.startswith("V:"):
            try:
                ballots.append(_cast(line, options))
            except ValueError as reason:
                report(BrokenLine(name, number, str(reason)))
    if sorted(options) != list(range(1, len(options) + 1)) or not options:
        raise ValueError(f"{name} does not list its options from 1 on without a gap")
    yield Election(Path(path).stem, Method.SCHULZE, dict(sorted(options.items())), ballots)


def _cast(line, options):
    match = BALLOT.match(line)
    if not match:
        raise ValueError("not a ballot: V:, its ranks, its receipt")
    if len(match[1]) != len(options):
        raise ValueError(f"{len(match[1])} ranks for {len(options)} options")
    groups = {}
    for option, mark in enumerate(match[1], start=1):
        if mark != "-":
            groups.setdefault(_rank(mark, len(options)), []).append(option)
    return Cast(tuple(tuple(groups[rank]) for rank in sorted(groups)), 1, match[2] or "")


def _rank(mark, highest):
    rank = int(mark, 36) if re.fullmatch("[0-9a-zA-Z]", mark) else 0
    if not 1 <= rank <= highest:
        raise ValueError(f"{mark!r} is not a rank from 1 to {highest}")
    return rank
