"""Translates single rows of phpBB into records. Raises Broken for those it cannot understand."""

import re
from datetime import UTC, datetime
from html import unescape

from forums.importers.phpbb.sql import Row
from forums.importers.records.fields import Broken, number, title
from forums.importers.records.records import CategoryRecord, Member, Poll

ANONYMOUS = "1"
"""The number of the user that stands for guests and for deleted members."""
LOCKED, MOVED = "1", "2"
"""States of a topic. A moved one only points to another."""
STAFF = {"ADMINISTRATORS", "GLOBAL_MODERATORS"}
"""Names of groups."""
APPROVED = "1"


def moment(row: Row, name: str) -> datetime:
    """Read a time, which phpBB stores as seconds."""
    return datetime.fromtimestamp(number(row, name), UTC)


def text(row: Row, name: str) -> str:
    """Read a text, in which phpBB has escaped characters of HTML."""
    return unescape(row.get(name) or "")


def base(config: dict[str, str]) -> str | None:
    """Return the forum's address from its settings."""
    name = config.get("server_name", "")
    if not re.fullmatch(r"[\w.-]+\.[\w-]+", name):
        return None
    path = config.get("script_path", "").strip("/")
    return f"{config.get('server_protocol') or 'http://'}{name}/{path}/" if path else f"https://{name}/"


def source(kind: str, row: Row, at: str) -> str:
    """Return the row's permanent name; see `records`. `at` is the column of its time."""
    return f"phpbb:{kind}:{number(row, f'{kind}_id')}@{moment(row, at).isoformat()}"


def member(row: Row) -> Member:
    """Read a member, without address, password and signature."""
    pk = number(row, "user_id")
    return Member(
        source("user", row, "user_regdate"),
        text(row, "username"),
        pk,
        moment(row, "user_regdate"),
        addresses=[f"u={pk}"],
    )


def category(row: Row, site: str, above: CategoryRecord | None) -> CategoryRecord:
    """Read a forum. `above` is its forum of the first level; categories have two levels here."""
    described = re.sub(r"<[^<>]*>|\[/?\w+[^\]]*\]", "", text(row, "forum_desc"))
    return CategoryRecord(
        f"phpbb:category:{site[:60]}:{row['forum_id']}",
        title(text(row, "forum_name")),
        parent=above and above.source,
        description=" ".join(described.split()),
        addresses=[f"f={row['forum_id']}"],
    )


def top(forums: dict[str, Row], pk: str) -> str:
    """Return the number of the forum of the first level that is above this one, or "" if it is one itself."""
    seen, above = {pk}, forums[pk].get("parent_id") or "0"
    found = ""
    while above in forums and above not in seen:
        seen.add(above)
        found, above = above, forums[above].get("parent_id") or "0"
    return found


def withheld_topic(row: Row) -> str | None:
    """Return why a topic is left out, or None."""
    if row.get("topic_status") == MOVED or (row.get("topic_moved_id") or "0") != "0":
        return "pointers to moved topics"
    return None if _is_shown(row, "topic") else "deleted or not approved there"


def withheld_post(row: Row) -> str | None:
    """Return why a post is left out, or None."""
    return None if _is_shown(row, "post") else "deleted or not approved there"


def heading(row: Row, topic_title: str) -> str:
    """Return the subject of a post, or "" if it only repeats that of its topic."""
    subject = text(row, "post_subject").strip()
    return "" if re.sub(r"(?i)^(re:\s*)+", "", subject) in ("", topic_title.strip()) else subject


def poll(topic: Row, opening: str, where: str, options: list[Row], votes: list[Row]) -> Poll:
    """Read the poll of a topic, as totals: who voted for what was not public."""
    wordings = [title(text(option, "poll_option_text")) for option in options]
    if len({wording.casefold() for wording in wordings}) < max(2, len(wordings)):
        raise Broken("the options of the poll cannot be told apart")
    totals = [number(option, "poll_option_total") for option in options]
    is_several = number(topic, "poll_max_options") > 1
    voters = len({vote["vote_user_id"] for vote in votes}) or (max(totals) if is_several else sum(totals))
    return Poll(
        source=opening.replace(":post:", ":poll:"),
        name="poll",
        where=where,
        question=title(text(topic, "poll_title")),
        is_several=is_several,
        at=moment(topic, "poll_start"),
        options=wordings,
        totals=totals,
        voters=voters if is_several else sum(totals),
        ballots={},
    )


def _is_shown(row: Row, kind: str) -> bool:
    """Return whether a topic or post is approved and not deleted. Version 3.0 has another column."""
    return (row.get(f"{kind}_visibility") or row.get(f"{kind}_approved") or APPROVED) == APPROVED
