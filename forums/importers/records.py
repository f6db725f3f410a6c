"""What every format is translated into before it is written; `source` names a thing for ever and everywhere.

A source holds the number that the other site gave and the time it was made, so that two sites do not meet in it and
the place of the files does not matter.
"""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Member:
    source: str
    name: str
    number: int
    """Tells apart those whose names are the same here."""
    joined_at: datetime


@dataclass(slots=True)
class Poll:
    """A question to the members, in a post."""

    source: str
    where: str
    """File and record, for people."""
    question: str
    is_several: bool
    """Whether a voter could choose several options."""
    at: datetime
    options: list[str]
    totals: list[int] | None
    """How many chose each option; None where the other forum did not tell."""
    voters: int
    ballots: dict[str, list[int]]
    """Which options each voter chose, from 0, by the member's source; empty unless all voters are known."""
    kind: str = "polls"
    """Its row in the report."""


@dataclass(slots=True)
class Post:
    """What becomes a comment. `kind` and `vote_kind` are the rows of the report that it and its votes count in."""

    kind: str
    source: str
    where: str
    """File and record, for people."""
    author: str | None
    """The member's source; None for someone who has left."""
    at: datetime
    text: str
    is_html: bool = True
    parent: str | None = None
    """A post's source. None, or one that is not in the topic, means the opening."""
    edited_at: datetime | None = None
    hidden_at: datetime | None = None
    deleted_at: datetime | None = None
    ups: int = 0
    downs: int = 0
    vote_kind: str | None = None
    polls: list[Poll] = field(default_factory=list)


@dataclass(slots=True)
class Room:
    """What becomes a category."""

    source: str
    name: str


@dataclass(slots=True)
class Discussion:
    """What becomes a topic. `posts` begins with the opening, and no post comes before its parent.

    `opening` is the opening's source; None where it could not be understood, so that only a topic that is there can
    go on.
    """

    source: str
    title: str
    room: Room
    opening: str | None = None
    posts: list[Post] = field(default_factory=list)
    kind: str | None = None
    """Its row in the report, where it is a record of its own."""
    accepted: str | None = None
    """The source of the post that answered the question."""
    locked_at: datetime | None = None
    pinned_at: datetime | None = None
    hidden_at: datetime | None = None
