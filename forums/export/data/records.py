"""Turns rows into the records of the export. README.md documents their fields."""

from datetime import UTC, datetime

from django.conf import settings

from accounts.models import Trust, User
from forums.models import Category, Comment, Debate, Outcome, Revision, Rule, Tag, Topic
from forums.models.discussion.scores import BY_SIDE
from forums.models.pictures import placing
from forums.moderation.public_log import Entry

MODERATORS = "moderators"
"""Instead of a trust: nobody else may do it."""


def moment(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()


def rule(row: Rule) -> dict:
    return {
        "position": row.position,
        "title": row.title,
        "text": row.text,
        "statement_category": row.statement_category,
    }


def category(row: Category, names: dict[int, str]) -> dict:
    return {
        "id": names[row.pk],
        "parent": names.get(row.parent_id),
        "slug": row.slug,
        "name": row.name,
        "description": row.description,
        "position": row.position,
        "colour": row.colour,
        "language": row.search_language,
        "tags": {
            "allowed": row.tagging,
            "listed": row.listed_tags,
            "new_from": trust_name(row.new_tags_from),
            "required": row.required_tags,
        },
    }


def trust_name(value: int) -> str:
    """Return the name of the trust from which on members may create tags."""
    return Trust(value).name.lower() if value in Trust.values else MODERATORS


def tag(row: Tag) -> dict:
    return {
        "name": row.name,
        "description": row.description,
        "synonym_of": row.synonym_of and row.synonym_of.name,
    }


def member(row: User, name: str) -> dict:
    """What pages show: no words of a suspended member about themselves, and no links of new members."""
    shown = not row.is_suspended
    return {
        "id": name,
        "number": row.pk,
        "name": row.username,
        "joined": f"{row.date_joined:%Y-%m}",
        "bio": row.bio if shown else "",
        "links": row.links if shown and not row.is_new else [],
        "avatar": row.avatar.name,
        "is_moderator": row.is_moderator,
    }


def topic(row: Topic, name: str, category: str, author: str | None, accepted: str | None) -> dict:
    return {
        "id": name,
        "number": row.pk,
        "category": category,
        "title": row.title,
        "slug": row.slug,
        "tags": row.tags,
        "author": author,
        "created_at": moment(row.created_at),
        "pinned_at": moment(row.pinned_at),
        "locked_at": moment(row.locked_at),
        "accepted": accepted,
    }


def comment(
    row: Comment,
    name: str,
    topic: str,
    parent: str | None,
    members: dict[int | None, str],
    revisions: list[Revision],
) -> dict:
    """A comment, or the placeholder of a removed one, which has neither author nor text."""
    record = {
        "id": name,
        "number": row.pk,
        "topic": topic,
        "parent": parent,
        "created_at": moment(row.created_at),
        "state": "deleted" if row.is_deleted else "hidden" if row.is_hidden else "shown",
    }
    if row.is_gone:
        return record
    author = members.get(row.author_id)
    return record | {
        "author": author,
        "edited_at": moment(row.edited_at),
        "text": row.body,
        "html": placing.portable(row.body_html, settings.SITE_URL),
        "ups": row.ups,
        "downs": row.downs,
        "by_side": {column: getattr(row, column) for column in BY_SIDE}
        if row.has_votes_of_both_sides
        else None,
        "revisions": [
            {
                "text": old.body,
                "written_at": moment(old.written_at),
                "replaced_at": moment(old.replaced_at),
                "by_author": author is not None and old.replaced_by_id == row.author_id,
            }
            for old in revisions
        ],
    }


def outcome(row: Outcome | None, identifiers) -> dict | None:
    """The outcome of a poll or debate with all its versions; None for none and for a withdrawn one. Two queries."""
    if row is None or row.is_withdrawn:
        return None
    versions = list(row.changes.all())
    members = identifiers.members(
        {pk for each in versions for pk in (each.by_id, each.carrier_id)} | {row.decided_by_id}
    )
    return {
        "number": row.pk,
        "decided_by": members.get(row.decided_by_id),
        "versions": [
            {
                "at": moment(each.at),
                "by": members.get(each.by_id),
                "event": each.event,
                "text": each.decision,
                "carried_by": each.carried_by,
                "carrier": members.get(each.carrier_id),
                "review_on": each.review_on and each.review_on.isoformat(),
            }
            for each in versions
        ],
    }


def debate(row: Debate, topic: str, valued: dict[int, str], outcome: dict | None) -> dict:
    """A debate; `valued` are the names of the comments in its summary that can be read."""
    summary = row.summary and row.summary | {
        "valued": {
            side: [valued[pk] for pk in comments if pk in valued]
            for side, comments in row.summary["valued"].items()
        }
    }
    return {
        "topic": topic,
        "starts_at": moment(row.starts_at),
        "ends_at": moment(row.ends_at),
        "started_at": moment(row.started_at),
        "ended_at": moment(row.ended_at),
        "announced_at": moment(row.announced_at),
        "question": row.question,
        "summary": summary,
        "outcome": outcome,
    }


def act(entry: Entry, category: str | None, topic: str | None, comment: str | None) -> dict:
    return {
        "number": entry.pk,
        "at": moment(entry.at),
        "act": entry.action.verb,
        "says": entry.says,
        "by": entry.by,
        "role": entry.action.role,
        "what": entry.action.what,
        "rule": entry.rule and entry.rule.title,
        "reason": entry.reason,
        "until": moment(entry.until),
        "category": category,
        "topic": topic,
        "comment": comment,
        "undone_by": entry.undone and entry.undone.pk,
    }
