"""Full-text search over the comments and titles that the viewer may read.

1. The index finds the newest comments with the words and the filters, at most FOUND by text and TITLED by title. Both
   are read apart and united, because Postgres has no good plan for an OR. It begins with the newest few thousand
   comments and goes on among older ones (`marks.ERAS`), about as many as will be enough by what it found so far. Its
   cost grows neither with the number of comments nor with how common the words are.
2. One statement keeps those that the viewer may read. It checks filters and phrases on the rows, and ranks them by the
   stored words. A title counts ten times as much as a text.
3. They are grouped by topic and counted for each filter. A page loads the texts of its own comments only.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db.models import BooleanField, F, FloatField, Func, Value

from config.caching.compiled_queries import Text, compiled
from config.replicas import reads
from config.web.semaphores import semaphore
from forums.listing import categories
from forums.models import Comment
from forums.search import marks, query, stems
from forums.search.filters import Filters
from forums.search.query import Query

FOUND, TITLED, PHRASED = 300, 100, 500
"""The newest comments that a search looks at: with the words, with them in the title, and for a phrase."""
MARGIN = 1.3
"""How many times as many comments are looked at as would be enough, if the words were everywhere as frequent."""
STEPS = 6
"""Statements that look at a part of the comments, before one looks at all."""
PERMITS, SECONDS = 2, 2
"""Searches at the same time, which leaves workers for other pages, and the time that each statement may take."""
PLANNER = {"enable_seqscan": "off", "plan_cache_mode": "force_custom_plan"}
"""Keep Postgres from reading a whole table because it expects many matches.

It multiplies the shares of the words, so it expects many where no comment has both of two common words. A generic
plan would not see how few comments are the newest.
"""
# Materialized, because Postgres would otherwise read the ids in their order and test the words of each.
_NEWEST = """
    WITH found AS MATERIALIZED (SELECT comment_id FROM forums_searchentry WHERE words @@ %s::tsquery)
    SELECT comment_id FROM found ORDER BY comment_id DESC LIMIT %s
"""
_OLDEST = _NEWEST.replace("DESC", "ASC")


class Match(NamedTuple):
    """A comment that was found, without its text."""

    pk: int
    topic: int
    category: int
    tags: list[str]
    author: int | None
    at: datetime
    has_picture: bool
    has_poll: bool
    rank: float


@dataclass
class Found:
    """The results of a search."""

    matches: list[Match] = field(default_factory=list)
    is_cut: bool = False
    """Whether there may be more than these."""
    skipped: list[str] = field(default_factory=list)
    """Words that are in almost every text and therefore were not searched for."""
    is_empty: bool = False
    """Whether nothing was searched for, because the query has no words or only skipped ones."""
    unknown: list[str] = field(default_factory=list)
    """Filters whose member, category or value does not exist for the viewer."""

    @property
    def topics(self) -> list[list[Match]]:
        """The results by topic, in the order of the best of each."""
        grouped: dict[int, list[Match]] = {}
        for match in self.matches:
            grouped.setdefault(match.topic, []).append(match)
        return list(grouped.values())


def find(user, wanted: Query) -> Found:
    """Find what `user` may read. At most sixteen queries.

    Raises Busy if PERMITS others are searching, and OperationalError if a statement takes too long.
    """
    found = Found(unknown=list(wanted.misread))
    languages = languages_of(user)
    found.skipped = query.skipped(wanted, languages)
    filters = Filters(user, wanted, found.unknown)
    with semaphore("search", permits=PERMITS, seconds=SECONDS, **PLANNER):
        words = query.tsquery(wanted, languages, is_loose=True)
        found.is_empty = not words and not wanted.is_filtered
        if found.is_empty or found.unknown:
            return found
        is_exact = any(len(term.words) > 1 for term in wanted.terms)
        strict = query.tsquery(wanted, languages, is_loose=False) if is_exact else ""
        titled = query.tsquery(wanted, languages, is_loose=True, titles=True)
        most = PHRASED if strict else FOUND
        texts, titles = _both(words, filters.marks), _both(titled, filters.marks) if titled else ""
        ids = _candidates(texts, titles, most, is_old=wanted.order == "old")
        found.is_cut = len(ids) >= most
        if ids:
            found.matches = _in_order(_readable(user, filters, ids, words, strict), words, wanted.order)
    return found


def _both(words: str, given: str) -> str:
    return " & ".join(f"({part})" for part in (words, given) if part)


def _candidates(texts: str, titles: str, most: int, *, is_old: bool) -> set[int]:
    """The ids of the newest comments, or the oldest, that the index finds. At most nine statements."""
    sql = "SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM forums_comment"
    ((oldest, newest),) = reads.rows(sql)
    found = _by_age(texts, most, oldest, newest, is_old=is_old)
    return {*found, *indexed(titles, TITLED, is_old=is_old)} if titles else set(found)


def _by_age(texts, most, oldest, newest, *, is_old) -> list[int]:
    smallest = marks.ERAS[0]
    first, end = oldest // smallest * smallest, (newest // smallest + 1) * smallest  # what is left, by id
    found: list[int] = []
    step = 2 * smallest
    for _ in range(STEPS):
        if step >= end - first:
            break
        size = max((each for each in marks.ERAS if 2 * each <= step), default=smallest)
        if is_old:
            part = first, -(-(first + step) // size) * size
            first = part[1]
        else:
            part = (end - step) // size * size, end
            end = part[0]
        of_part = " | ".join(f"'{mark}'" for mark in marks.between_ids(*part))
        found += indexed(f"({of_part}) & {texts}", most - len(found), is_old=is_old)
        if len(found) >= most:
            return found
        looked_at = first - oldest if is_old else newest + 1 - end
        enough = round(MARGIN * (most - len(found)) * looked_at / max(1, len(found)))
        step = min(max(looked_at // 2, enough), 24 * looked_at)
    return indexed(texts, most, is_old=is_old)


def indexed(words: str, most: int, *, is_old: bool = False) -> list[int]:
    """The ids of the newest comments, or the oldest, whose entries have these words. One statement."""
    return [pk for (pk,) in reads.rows(_OLDEST if is_old else _NEWEST, [words, most])]


def _readable(user, filters: Filters, ids: set[int], words: str, strict: str) -> list[Match]:
    """Those of these comments that `user` may read and that have the phrases, with their ranks. One query."""
    if filters.conditions:
        rows = _rows(user, ids, words, strict).filter(*filters.conditions)
    else:
        rows = _compiled_rows(user, tuple(ids), words and Text(words), strict and Text(strict))
    return [Match(*row) for row in rows]


def _rows(user, ids, words: str, strict: str):
    stored = F("search_entry__words")
    rows = Comment.objects.visible_to(user).readable().filter(pk__among=ids)
    if strict:
        rows = rows.alias(fits=_Fits(stored, Value(strict))).filter(fits=True)
    rank = _Rank(stored, Value(strict or words)) if words else Value(0.0)
    return rows.annotate(rank=rank).values_list(
        "pk", "topic", "topic__category", "topic__tags", "author", "created_at", "search_entry__has_picture",
        "search_entry__has_poll", "rank",
    )  # fmt: skip


_compiled_rows = compiled(_rows)


def _in_order(found: list[Match], words: str, order: str) -> list[Match]:
    if order == "best" and words:
        return sorted(found, key=lambda match: (-match.rank, -match.pk))
    return sorted(found, key=lambda match: (match.at, match.pk), reverse=order != "old")


class _Rank(Func):
    """How well stored words fit a query."""

    template, output_field = "ts_rank(%(expressions)s::tsquery)", FloatField()


class _Fits(Func):
    """Whether stored words fit a query. "IS TRUE" keeps Postgres from the index, which would find all such comments."""

    template, arg_joiner, output_field = "((%(expressions)s::tsquery) IS TRUE)", " @@ ", BooleanField()


def languages_of(user) -> list[str]:
    """The languages of the categories that `user` sees, that of the site first."""
    seen = (stems.language_of(category) for category in categories.seen_by(user))
    return list(dict.fromkeys([stems.language_of_site(), *seen]))
