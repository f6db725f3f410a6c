"""Reads the records of an export, and checks each field. Every function raises `Broken`."""

import re
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError

from accounts.identity import avatars
from accounts.models import Trust, User
from forums.export.data.records import trust_name
from forums.importers.panels import outcomes
from forums.importers.records.fields import Broken, moment, number, optional, text, title
from forums.importers.records.records import (
    CategoryRecord,
    Discussion,
    KeptDebate,
    KeptPoll,
    Member,
    OldText,
    Post,
)
from forums.markup.text import without_deceit
from forums.models import Category
from forums.models.community.rule import CATEGORIES, OTHER
from forums.models.community.tag import MOST, name_of
from forums.models.debates.side import Stand
from forums.models.discussion.category import LANGUAGES, NOBODY, Tagging
from forums.models.discussion.scores import BY_SIDE

SOURCE = re.compile(r"folkmoot:[0-9a-f]{1,20}:[a-z]{1,10}:[0-9]{1,18}")
PICTURE = re.compile(r"avatars/[0-9a-f]{2}/[0-9a-zA-Z_]{1,50}\.webp")
TOPIC_SLUG = re.compile(r"[\w-]{1,80}")
SLUG = re.compile(r"[\w-]{1,60}")
LINKS = User._meta.get_field("links")
TRUSTS = {trust_name(value): value for value in Trust.values}
"""From which on members may create tags; only moderators for any other name."""


def source(record: dict, name: str = "id") -> str:
    found = text(record, name)
    if not SOURCE.fullmatch(found):
        raise Broken(f"{name} is not the name of anything in an export")
    return found


def short(record: dict, name: str, most: int) -> str:
    return without_deceit(text(record, name))[:most]


def rule(record: dict) -> dict[str, str | int]:
    wanted = record.get("statement_category")
    return {
        "title": short(record, "title", 80),
        "text": short(record, "text", 2000),
        "statement_category": wanted if wanted in dict(CATEGORIES) else OTHER,
        "position": number(record, "position"),
    }


def tag(record: dict) -> dict[str, str]:
    name, meant = _tag_name(text(record, "name")), optional(text, record, "synonym_of")
    return {
        "name": name,
        "description": short(record, "description", 300),
        "synonym_of": _tag_name(meant) if meant else "",
    }


def _tag_name(given: str) -> str:
    try:
        return name_of(given)
    except ValueError as error:
        raise Broken(str(error)) from None


def category(record: dict, known: dict[str, CategoryRecord]) -> CategoryRecord:
    parent = optional(source, record, "parent")
    if parent is not None and (parent not in known or known[parent].parent):
        raise Broken("parent is no top-level category that came before")
    colour, slug = record.get("colour"), text(record, "slug")
    return CategoryRecord(
        source(record),
        title(record.get("name")),
        parent=parent,
        slug=slug if SLUG.fullmatch(slug) else "",
        description=short(record, "description", 300),
        position=min(number(record, "position"), 30_000),
        colour=colour if colour in Category.Colour.values else "",
        **_rules(record),
    )


def _rules(record: dict) -> dict[str, Any]:
    """Read the language, and the rules about tags. Older exports have neither."""
    language, said = record.get("language"), record.get("tags")
    rules: dict[str, str | int] = {"search_language": language} if language in LANGUAGES else {}
    if not isinstance(said, dict):
        return {"rules": rules}
    allowed, names = said.get("allowed"), said.get("listed")
    if allowed not in Tagging.values or not isinstance(names, list):
        raise Broken("tags are no rules about tags")
    rules["tagging"] = allowed
    rules["new_tags_from"] = TRUSTS.get(text(said, "new_from"), NOBODY)
    rules["required_tags"] = 0 if allowed == Tagging.NONE else min(number(said, "required"), MOST)
    listed = [_tag_name(text({"listed": name}, "listed")) for name in names]
    return {"rules": rules, "listed_tags": [name for name in listed if name]}


def member(record: dict, media: Path) -> Member:
    links = record.get("links")
    try:
        LINKS.clean(links, None)
    except (ValidationError, TypeError):
        raise Broken("links are not addresses") from None
    return Member(
        source(record),
        text(record, "name"),
        number(record, "number", least=1),
        moment({"joined": f"{text(record, 'joined')}-01"}, "joined"),
        bio=short(record, "bio", 1000),
        links=links,
        avatar=_picture(text(record, "avatar"), media),
        pk=number(record, "number", least=1),
    )


def _picture(name: str, media: Path) -> Path | None:
    if not name:
        return None
    path = media / name
    if not PICTURE.fullmatch(name) or not path.is_file() or not avatars.is_stored_picture(path):
        raise Broken("avatar is no picture of the export")
    return path


def topic(record: dict, categories: dict[str, CategoryRecord], posts: list[Post]) -> Discussion:
    place = categories.get(text(record, "category"))
    if place is None:
        raise Broken("category is not in the export")
    slug = text(record, "slug")
    opening = next((post for post in posts if post.parent is None), None)
    return Discussion(
        source(record),
        title(record.get("title")),
        place,
        opening=opening and opening.source,
        posts=posts,
        kind="topics",
        accepted=optional(source, record, "accepted"),
        locked_at=optional(moment, record, "locked_at"),
        pinned_at=optional(moment, record, "pinned_at"),
        author=optional(source, record, "author"),
        created_at=moment(record, "created_at"),
        slug=slug if TOPIC_SLUG.fullmatch(slug) else "",
        tags=[name for name in record.get("tags") or [] if isinstance(name, str)],
        pk=number(record, "number", least=1),
        is_ordered=True,
    )


def post(record: dict, where: str) -> Post:
    at, state = moment(record, "created_at"), record.get("state")
    placed = Post(
        kind="comments",
        source=source(record),
        where=where,
        author=None,
        at=at,
        text="",
        parent=optional(source, record, "parent"),
        hidden_at=at if state == "hidden" else None,
        deleted_at=at if state == "deleted" else None,
        pk=number(record, "number", least=1),
    )
    if state == "shown":
        placed.author = optional(source, record, "author")
        placed.text, placed.markdown = text(record, "html"), text(record, "text")
        placed.edited_at = optional(moment, record, "edited_at")
        placed.ups, placed.downs = number(record, "ups"), number(record, "downs")
        placed.by_side = _by_side(record)
        placed.old_texts = [_old_text(each) for each in _list(record, "revisions")]
    elif state not in ("hidden", "deleted"):
        raise Broken("state is none of shown, hidden and deleted")
    return placed


def _by_side(record: dict) -> dict[str, int]:
    given = record.get("by_side")
    if given is not None and not isinstance(given, dict):
        raise Broken("by_side has no numbers")
    return {column: number(given, column) for column in BY_SIDE} if given else {}


def _old_text(record: dict) -> OldText:
    return OldText(
        text(record, "text"),
        moment(record, "written_at"),
        moment(record, "replaced_at"),
        record.get("by_author") is True,
    )


def debate(record: dict, sides: list[tuple[object, object]]) -> KeptDebate:
    found = KeptDebate(
        starts_at=moment(record, "starts_at"),
        ends_at=moment(record, "ends_at"),
        started_at=optional(moment, record, "started_at"),
        ended_at=optional(moment, record, "ended_at"),
        announced_at=moment(record, "announced_at"),
        question=short(record, "question", 200),
        summary=_summary(record.get("summary")),
        outcome=outcomes.checked(record.get("outcome")),
        sides=[*{who: side for who, side in sides if isinstance(who, str) and side in Stand.values}.items()],
    )
    if found.ends_at <= found.starts_at or (found.ended_at is None) != (found.summary is None):
        raise Broken("its times and its summary contradict each other")
    return found


SUMMARY = {"seconds": int, "comments": int, "writers": int, "early": int, "moves": list, "balance": list}


def _summary(summary: object) -> dict | None:
    """Check the types only: pages escape what they show of it."""
    if summary is None:
        return None
    if not isinstance(summary, dict) or any(
        not isinstance(summary.get(name), kind) for name, kind in SUMMARY.items()
    ):
        raise Broken("the summary has other figures")
    valued = summary.get("valued")
    if not isinstance(valued, dict) or not all(
        isinstance(each, list) and all(isinstance(name, str) for name in each) for each in valued.values()
    ):
        raise Broken("the summary has no comments by side")
    return {name: summary[name] for name in (*SUMMARY, "valued")}


def poll(record: dict, ballots: list[dict], where: str, made_at: datetime) -> KeptPoll:
    """A poll that only its app can check."""
    return KeptPoll(source(record), where, optional(source, record, "author"), record, ballots, made_at)


def _list(record: dict, name: str) -> list[dict]:
    found = record.get(name)
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Broken(f"{name} is not a list of records")
    return found
