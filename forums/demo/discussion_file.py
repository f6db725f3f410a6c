"""Reads a discussion from a text file that is indented like the discussion itself.

    title: Why do my leaves curl?
    category: growing
    author: Sefton
    opened: 9d 4h
    last: 2h
    ---
    The opening, in Markdown.
    ---
    Marnie +12-1: Look at the roots first.

      Another paragraph of hers is indented by two more spaces,

      Sefton +2 accepted: and so is an answer to her.

`opened` and `last` give how long ago the opening and the latest reply were written. Also possible at the top:
`votes: +9-1` for the opening, `tags: bees, water`, and `pinned:` or `locked:` with the name of the moderator.
A comment's votes may be followed by marks: `accepted`, `later` (it came a day or two after what it answers), `edited`
(a line `=== edited ===` separates the old from the new text) or `deleted` (only its replies are left).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

HEAD = re.compile(
    r"^(?P<indent> *)(?P<author>[\w.-]+) (?P<votes>\+\d+(?:-\d+)?)(?P<marks>(?: [a-z]+)*):(?: |$)"
)
MARKS = {"accepted", "deleted", "edited", "later"}
EDITED = "\n=== edited ===\n"
UNITS = {"d": "days", "h": "hours", "m": "minutes"}
STEP = 2


@dataclass
class Said:
    """An opening or a reply, with its replies. `earlier` is its text before it was edited."""

    author: str
    ups: int
    downs: int
    marks: set[str]
    text: str
    earlier: str | None = None
    replies: list["Said"] = field(default_factory=list)

    def below(self) -> Iterator["Said"]:
        """Yield all replies below this, parents first."""
        for reply in self.replies:
            yield reply
            yield from reply.below()


@dataclass
class Discussion:
    """The content of one file. `opened` and `last` are lengths of time before now; `facts` are the lines at the top."""

    name: str
    title: str
    category: str
    opened: timedelta
    last: timedelta
    opening: Said
    facts: dict[str, str]


def read(file: Path) -> Discussion:
    """Read the discussion in `file`. Raises ValueError with the file's name and the line."""
    try:
        return parse(file.stem, file.read_text("utf-8"))
    except (ValueError, KeyError) as error:
        raise ValueError(f"{file.name}: {error}") from error


def parse(name: str, text: str) -> Discussion:
    """Parse a discussion. Raises ValueError or KeyError."""
    top, opening, replies = text.split("\n---\n", 2)
    facts = dict(line.split(": ", 1) for line in top.splitlines())
    said = Said(facts["author"], *_votes(facts.get("votes", "+0")), set(), opening.strip())
    said.replies = _replies(replies.splitlines(), 1 + text.count("\n") - replies.count("\n"))
    opened, last = _duration(facts["opened"]), _duration(facts.get("last", facts["opened"]))
    return Discussion(name, facts["title"], facts["category"], opened, last, said, facts)


def _replies(lines, first):
    """Return the replies as a tree. `first` is the number of the first of `lines` in the file."""
    roots, above, texts = (
        [],
        [],
        [],
    )  # `above`: the ancestors of the comment being read, and itself at the end
    for number, line in enumerate(lines, first):
        head = HEAD.match(line)
        if head:
            level, crooked = divmod(len(head["indent"]), STEP)
            if level > len(above) or crooked:
                raise ValueError(f"line {number} is indented too far")
            said = _begin(head, number)
            (above[level - 1].replies if level else roots).append(said)
            above[level:] = [said]
            texts.append((said, [line[head.end() :]]))
        elif above and not line[: STEP * len(above)].strip():
            texts[-1][1].append(line[STEP * len(above) :])
        else:
            raise ValueError(f"line {number} does not belong to a comment")
    for said, text in texts:
        _finish(said, "\n".join(text).strip())
    return roots


def _begin(head, number):
    marks = set(head["marks"].split())
    if marks - MARKS:
        raise ValueError(f"line {number} has an unknown mark")
    return Said(head["author"], *_votes(head["votes"]), marks, "")


def _finish(said, text):
    if "edited" in said.marks:
        said.earlier, text = (part.strip() for part in text.split(EDITED))
    said.text = text


def _votes(text: str) -> tuple[int, int]:
    ups, _, downs = text.removeprefix("+").partition("-")
    return int(ups), int(downs or 0)


def _duration(text):
    parts = re.findall(r"(\d+)([dhm])", text)
    return sum((timedelta(**{UNITS[unit]: int(number)}) for number, unit in parts), timedelta())
