"""Full-text search over the comments and titles that the viewer may read.

1. The index finds the newest comments with the words and the filters, at most FOUND by text and TITLED by title. Both
   are read apart and united, because Postgres has no good plan for an OR. It begins with the newest few thousand
   comments and goes on among five or 25 times as many (`marks.ERAS`), until it has enough. Its cost grows neither with
   the number of comments nor with how common the words are.
2. One statement keeps those that the viewer may read. It checks filters and phrases on the rows, and ranks them by the
   stored words. A title counts ten times as much as a text.
3. They are grouped by topic and counted for each filter. A page loads the texts of its own comments only.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db.models import BooleanField, F, FloatField, Func, Max, Min, Value

from config.replicas import reads
from config.web.semaphores import semaphore
from forums.listing import categories
from forums.models import Category, Comment
from forums.search import marks, query, stems
from forums.search.filters import Filters
from forums.search.query import Query

FOUND, TITLED, PHRASED = 400, 100, 600
"""The newest comments that a search looks at: with the words, with them in the title, and for a phrase."""
PERMITS, SECONDS = 2, 2
"""Searches at the same time, which leaves workers for other pages, and the time that each statement may take."""
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
    """Find what `user` may read. At most seventeen queries.

    Raises Busy if PERMITS others are searching, and OperationalError if a statement takes too long.
    """
    found = Found(unknown=list(wanted.misread))
    languages = languages_of(user)
    found.skipped = query.skipped(wanted, languages)
    filters = Filters(user, wanted, found.unknown)
    with semaphore("search", permits=PERMITS, seconds=SECONDS):
        words = query.tsquery(wanted, languages, is_loose=True)
        found.is_empty = not words and not wanted.is_filtered
        if found.is_empty or found.unknown:
            return found
        is_exact = any(len(term.words) > 1 for term in wanted.terms)
        strict = query.tsquery(wanted, languages, is_loose=False) if is_exact else ""
        titled = query.tsquery(wanted, languages, is_loose=True, titles=True)
        most = PHRASED if strict else FOUND
        use_indexes()
        texts, titles = _both(words, filters.marks), _both(titled, filters.marks) if titled else ""
        ids = _candidates(texts, titles, most, is_old=wanted.order == "old")
        found.is_cut = len(ids) >= most
        found.matches = _ranked(filters, ids, words, strict, wanted.order)
    return found


def _both(words: str, given: str) -> str:
    return " & ".join(f"({part})" for part in (words, given) if part)


def _candidates(texts: str, titles: str, most: int, *, is_old: bool) -> list[int]:
    """The ids of the newest comments, or the oldest, that the index finds. At most eight statements."""
    ends = Comment.objects.aggregate(oldest=Min("pk"), newest=Max("pk"))
    oldest, newest = ends["oldest"] or 0, ends["newest"] or 0
    found = _of_era(texts, most, oldest, newest, is_old=is_old)
    return list({*found, *indexed(titles, TITLED, is_old=is_old)}) if titles else found


def _of_era(texts, most, oldest, newest, *, is_old) -> list[int]:
    start, step = (oldest, 1) if is_old else (newest, -1)
    level = 0
    while level < len(marks.ERAS) and newest - oldest >= marks.ERAS[level]:
        era = " | ".join(f"'{mark}'" for mark in marks.around(level, start, step))
        found = indexed(f"({era}) & {texts}", most, is_old=is_old)
        if len(found) >= most:
            return found
        # The next era is five times as large, and would hardly have enough either if this one has so few.
        level += 2 if 10 * len(found) < most else 1
    return indexed(texts, most, is_old=is_old)


def indexed(words: str, most: int, *, is_old: bool = False) -> list[int]:
    """The ids of the newest comments, or the oldest, whose entries have these words. One statement."""
    with reads.cursor() as cursor:
        cursor.execute(_OLDEST if is_old else _NEWEST, [words, most])
        return [pk for (pk,) in cursor.fetchall()]


def _ranked(filters: Filters, ids: list[int], words: str, strict: str, order: str) -> list[Match]:
    """Those of these comments that the viewer may read and that have the phrases. One query."""
    stored = F("search_entry__words")
    rows = filters.rows.filter(pk__among=ids)
    if strict:
        rows = rows.alias(fits=_Fits(stored, Value(strict))).filter(fits=True)
    rank = _Rank(stored, Value(strict or words)) if words else Value(0.0)
    rows = rows.annotate(rank=rank).values_list(
        "pk", "topic", "topic__category", "topic__tags", "author", "created_at", "search_entry__has_picture",
        "search_entry__has_poll", "rank",
    )  # fmt: skip
    found = [Match(*row) for row in rows] if ids else []
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
    return list(dict.fromkeys([stems.language_of(Category()), *seen]))


def use_indexes():
    """Keep Postgres, for this transaction, from reading a whole table because it expects many matches.

    It multiplies the shares of the words, so it expects many where no comment has both of two common words. A generic
    plan would not see how few comments are the newest.
    """
    with reads.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('enable_seqscan', 'off', true), set_config('plan_cache_mode', 'force_custom_plan', true)"
        )
