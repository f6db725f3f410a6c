"""Translates single rows of a Stack Exchange dump into records. Raises Broken for those it cannot understand."""

import re
from html import escape

from forums.importers.records.fields import moment, number, optional, signed, text, title
from forums.importers.records.records import CategoryRecord, Discussion, Member, Post

LEAST_USER = -99
"""Users below zero are the site itself."""


def source(kind: str, row: dict) -> str:
    """Return the row's permanent name; see `records`."""
    return f"stackexchange:{kind}:{number(row, 'Id', least=LEAST_USER)}@{moment(row, 'CreationDate').isoformat()}"


def member(row: dict) -> Member:
    """Read a user."""
    at, pk = moment(row, "CreationDate"), number(row, "Id", least=LEAST_USER)
    return Member(source("user", row), text(row, "DisplayName"), pk, at, addresses=[f"users/{pk}"])


def post(row: dict, kind: str, where: str, users: dict[int, Member], *, counts_votes: bool) -> Post:
    """Read a question or an answer. Without Votes.xml its score stands for its votes."""
    score = 0 if counts_votes else number(row, "Score", least=-(2**31))
    author, body = _author(row, "OwnerUserId", users), text(row, "Body")
    return Post(
        kind=kind,
        source=source("post", row),
        where=where,
        author=author,
        at=moment(row, "CreationDate"),
        text=body if author else signed(body, row.get("OwnerDisplayName"), is_html=True),
        edited_at=optional(moment, row, "LastEditDate"),
        ups=max(score, 0),
        downs=max(-score, 0),
        vote_kind="votes" if counts_votes else None,
    )


def comment(row: dict, where: str, below: Post, users: dict[int, Member]) -> Post:
    """Read a comment. Comments are in Markdown, and can only be voted up."""
    author, body = _author(row, "UserId", users), text(row, "Text")
    return Post(
        kind="comments",
        source=source("comment", row),
        where=where,
        author=author,
        at=moment(row, "CreationDate"),
        text=body if author else signed(body, row.get("UserDisplayName"), is_html=False),
        is_html=False,
        parent=below.source,
        ups=optional(number, row, "Score") or 0,
    )


def discussion(row: dict, question: Post, category: CategoryRecord) -> Discussion:
    """Return the topic of a question, without its answers."""
    return Discussion(
        source=question.source,
        title=title(row.get("Title")),
        category=category,
        opening=question.source,
        posts=[question],
        locked_at=optional(moment, row, "ClosedDate"),
        tags=re.findall(r"[^<>|\s]+", row.get("Tags") or ""),
    )


def duplicate_of(title: str, source: str) -> str:
    """Return the sentence below a question that was closed as a duplicate."""
    return f'\n<p><em>Duplicate of <a href="#" data-target="{source}">{escape(title)}</a></em></p>'


def _author(row, name, users):
    user = users.get(optional(number, row, name, least=LEAST_USER))
    return user and user.source
