"""Records that every format is translated into before they are written. `source` identifies a thing permanently.

A source holds the number that the other site gave and the time of creation. So two sites have different sources, and
the directory of the files does not matter.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path


@dataclass(slots=True)
class Member:
    source: str
    name: str
    number: int
    """Distinguishes members whose names would be the same here."""
    joined_at: datetime
    bio: str = ""
    links: list[str] = field(default_factory=list)
    avatar: Path | None = None
    """The file of a picture as this site stores them."""
    addresses: list[str] = field(default_factory=list)
    """The keys of its old addresses (`forums.old_addresses.keys`)."""
    is_staff: bool = False
    """Whether they were administrator or moderator there."""
    pk: int | None = None
    """The key that it gets, unless another row has it. Keeping keys keeps addresses."""


@dataclass(slots=True)
class Poll:
    """A question to the members, in a post."""

    source: str
    name: str
    """Distinguishes the polls of a post, also in its HTML (`data-poll-name`)."""
    where: str
    """File and record, for people."""
    question: str
    is_several: bool
    """True if a voter could choose several options."""
    at: datetime
    options: list[str]
    totals: list[int] | None
    """How many chose each option; None if the other forum does not publish it."""
    voters: int
    ballots: dict[str, list[int]]
    """The options that each voter chose, from 0, by the member's source. Empty unless all voters are known."""
    kind: str = "polls"
    """The row of the report in which it counts."""


@dataclass(slots=True)
class KeptPoll:
    """A poll as an export of this software has it. Only the app that stores polls reads `data` and `ballots`."""

    source: str
    where: str
    author: str | None
    data: dict
    ballots: list[dict]
    exported_at: datetime
    kind: str = "polls"


@dataclass(slots=True)
class KeptDebate:
    """A debate as an export of this software has it."""

    starts_at: datetime
    ends_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    announced_at: datetime
    question: str
    summary: dict | None
    """As `forums.models.debates.debate_figures` makes it, with the sources of comments."""
    sides: list[tuple[str, str]]
    """Members' sources, each with their side."""
    outcome: dict | None = None
    """As the export has it; `forums.importers.panels.outcomes` checks it."""
    kind: str = "debates"


@dataclass(slots=True)
class OldText:
    """A text that a post had before an edit."""

    text: str
    written_at: datetime
    replaced_at: datetime
    by_author: bool


@dataclass(slots=True)
class Post:
    """A future comment. `kind` and `vote_kind` are the rows of the report in which it and its votes count."""

    kind: str
    source: str
    where: str
    """File and record, for people."""
    author: str | None
    """The member's source; None for a deleted account."""
    at: datetime
    text: str
    """A quote in HTML may name the source of the quoted post as `data-source`, and a link as `data-target`."""
    is_html: bool = True
    markdown: str | None = None
    """The source of the HTML in `text`. None if it must be made from that."""
    parent: str | None = None
    """The source of the post that it answers. None, or one that is not in the topic, means the opening."""
    edited_at: datetime | None = None
    hidden_at: datetime | None = None
    deleted_at: datetime | None = None
    ups: int = 0
    downs: int = 0
    by_side: dict[str, int] = field(default_factory=dict)
    """The votes of each side of a debate, by the names of the columns."""
    vote_kind: str | None = None
    polls: list[Poll] = field(default_factory=list)
    old_texts: list[OldText] = field(default_factory=list)
    links: int = 0
    """How many records of links to other posts it contains."""
    pk: int | None = None
    """See `Member.pk`."""


@dataclass(slots=True)
class CategoryRecord:
    """A future category. Its place, slug and colour are chosen here if the other site has none."""

    source: str
    name: str
    parent: str | None = None
    """The source of a category that was added before."""
    slug: str = ""
    description: str = ""
    position: int | None = None
    colour: str = ""
    addresses: list[str] = field(default_factory=list)
    """See `Member.addresses`."""
    is_for_members: bool = False
    """Whether visitors must not see it."""
    rules: dict[str, str | int] = field(default_factory=dict)
    """The fields of `forums.models.Category` about tags and language, without the list of tags."""
    listed_tags: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Discussion:
    """A future topic. `posts` begins with the opening, and no post comes before its parent.

    `opening` is the opening's source. It is None if the opening could not be understood. Then posts can only be added
    to a topic that an earlier import made.
    """

    source: str
    title: str
    category: CategoryRecord
    opening: str | None = None
    posts: list[Post] = field(default_factory=list)
    kind: str | None = None
    """The row of the report in which it counts, if it is a record of its own."""
    accepted: str | None = None
    """The source of the accepted answer."""
    tags: list[str] = field(default_factory=list)
    locked_at: datetime | None = None
    pinned_at: datetime | None = None
    hidden_at: datetime | None = None
    slug: str = ""
    """Empty: made from the title."""
    author: str | None = None
    created_at: datetime | None = None
    """Author and time of a topic whose opening was moved from another one. None: those of the opening."""
    pk: int | None = None
    """See `Member.pk`."""
    is_ordered: bool = False
    """Whether `posts` are in the order of their arrival. Otherwise they are sorted by time."""
    kept_polls: list[KeptPoll] = field(default_factory=list)
    debate: KeptDebate | None = None


@dataclass(slots=True)
class Community:
    """The words of a community about itself. They replace those of a site without topics."""

    heading: str
    welcome: str
    rules: list[dict[str, str | int]]
    """The fields of `forums.models.Rule`, in order."""
    tags: list[dict[str, str]] = field(default_factory=list)
    """Name, description and `synonym_of`, which may be empty. Those that stand for others come last."""
