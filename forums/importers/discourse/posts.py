"""Reads one post of Discourse: its author, its text with the members' new names, and its likes."""

import re

from forums.importers.discourse import quotes
from forums.importers.records.fields import LARGEST, Broken, moment, number, optional, signed, text
from forums.importers.records.records import Post

POSTS, LIKES = "posts", "likes"
LIKE = 2
"""Discourse's number for a like among the actions on a post."""
ACTION, WHISPER = 3, 4
"""Types of posts: a moderator's action on the topic, and a post that only the staff may read."""
DEEDS = {
    "closed.enabled": "closed this topic",
    "closed.disabled": "opened this topic again",
    "archived.enabled": "put this topic into the archive",
    "archived.disabled": "took this topic out of the archive",
    "pinned.enabled": "pinned this topic",
    "pinned.disabled": "unpinned this topic",
    "pinned_globally.enabled": "pinned this topic everywhere",
    "pinned_globally.disabled": "unpinned this topic",
    "visible.enabled": "listed this topic",
    "visible.disabled": "took this topic off the lists",
}
MENTION = re.compile(r'(class="mention" href="[^"]*">@|data-username=")([^<>"]+)')


def author(record: dict) -> str | None:
    """Return the source of the post's author, or None if Discourse has deleted the account."""
    if record.get("user_id") is None or record.get("username") is None:
        return None
    name = re.sub(r"[^\w.-]", "", text(record, "username").lower())[:60]
    return f"discourse:user:{number(record, 'user_id', least=-99)}@{name}"


def withheld(record: dict) -> str | None:
    """Return why a post is not public, or None if it is."""
    return "whispers are for the staff" if record.get("post_type") == WHISPER else None


def source(record: dict) -> str:
    """Return the post's permanent name; see `records`. Raises Broken."""
    return f"discourse:post:{number(record, 'id')}@{moment(record, 'created_at').isoformat()}"


def post(record: dict, where: str, renamed: dict[str, str], sources: dict[quotes.Key, str]) -> Post:
    """Read a post. `renamed` maps old names in lower case to new ones, where they differ. Raises Broken.

    `sources` are those of the posts that quotes name.
    """
    writer, at = author(record), moment(record, "created_at")
    deleted_at = optional(moment, record, "deleted_at") or (
        at if record.get("user_deleted") is True else None
    )
    return Post(
        kind=POSTS,
        source=source(record),
        where=where,
        author=writer,
        at=at,
        text="" if deleted_at else _html(record, writer, renamed, sources),
        edited_at=moment(record, "updated_at") if (optional(number, record, "version") or 1) > 1 else None,
        hidden_at=at if record.get("hidden") is True else None,
        deleted_at=deleted_at,
        ups=_likes(record),
        vote_kind=LIKES,
    )


def _html(record, writer, renamed, sources) -> str:
    html = text(record, "cooked")
    if writer is None:
        html = signed(html, record.get("username") or record.get("name"), is_html=True)
    if "quote" in html:
        html = quotes.complete(html, sources)
    if record.get("post_type") == ACTION and not html:
        deed = str(record.get("action_code") or "changed this topic")
        return f"<p><em>{DEEDS.get(deed, re.sub('[^a-z]+', ' ', deed))}</em></p>"
    return (
        MENTION.sub(lambda found: found[1] + renamed.get(found[2].lower(), found[2]), html)
        if renamed
        else html
    )


def _likes(record) -> int:
    deeds = record.get("actions_summary")
    if not isinstance(deeds, list | None) or not all(isinstance(deed, dict) for deed in deeds or []):
        raise Broken("actions_summary is not a list of records")
    likes = sum(optional(number, deed, "count") or 0 for deed in deeds or [] if deed.get("id") == LIKE)
    return min(likes, LARGEST)
