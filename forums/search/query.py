"""A query in the words that people type, and as Postgres needs it.

lime "apple trees" -pear ash or elm author:ada in:garden topic:77 after:2026-01 before:2026-05 tag:roses has:picture
order:new
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from forums.search import marks, stems, words

_PART = re.compile(
    r'(?P<minus>-?)(?:(?P<name>[a-z]+):(?=[^\s/]))?(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))', re.I
)
_QUOTES = dict.fromkeys(map(ord, "“”„«»"), '"')
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
ORDERS = ("best", "new", "old")
THINGS = ("picture", "poll", "decision")
FILTERS = ("author", "in", "tag", "topic", "after", "before", "has", "order")
MOST_TERMS = 20
"""Words and phrases of a query."""


@dataclass(frozen=True)
class Term:
    """Words next to each other, which a comment must have, or must not have."""

    words: tuple[str, ...]
    is_excluded: bool = False


@dataclass(frozen=True)
class Query:
    """A query that was read. A comment must have one term of each group in `groups`."""

    groups: tuple[tuple[Term, ...], ...] = ()
    author: str = ""
    category: str = ""
    tag: str = ""
    topic: int | None = None
    after: date | None = None
    before: date | None = None
    has: frozenset[str] = frozenset()
    order: str = "best"
    misread: tuple[str, ...] = field(default=(), compare=False)
    """Filters with values that mean nothing, such as "before:yesterday"."""

    @property
    def ends(self) -> date | None:
        """The first day after the last one."""
        return self.before + timedelta(days=1) if self.before else None

    @property
    def is_filtered(self) -> bool:
        places = self.author or self.category or self.tag or self.topic
        return bool(places or self.after or self.before or self.has)

    @property
    def terms(self) -> Iterator[Term]:
        return (term for group in self.groups for term in group)

    @property
    def words(self) -> list[str]:
        """The words that a comment should have."""
        return [word for term in self.terms if not term.is_excluded for word in term.words]


def read(text: str) -> Query:
    """Read a query. Never fails: a filter without sense is in `misread`, and its text is not searched for."""
    text = text.translate(_QUOTES)
    groups: list[list[Term]] = []
    filters: dict[str, Any] = {}
    misread, joins = [], False
    for part in list(_PART.finditer(text))[: 2 * MOST_TERMS]:
        name, value = (part["name"] or "").lower(), part["phrase"] or part["word"] or ""
        if name in FILTERS and not part["minus"]:
            if not _filter(filters, name, value):
                misread.append(part[0])
            continue
        if part["word"] and value.lower() == "or" and groups:
            joins = True
            continue
        text_of_part = f"{part['name']}:{value}" if part["name"] else value
        found = Term(tuple(words.of_query(text_of_part)), is_excluded=bool(part["minus"]))
        if not found.words:
            continue
        if joins:
            groups[-1].append(found)
        else:
            groups.append([found])
        joins = False
    given = tuple(tuple(group) for group in groups[:MOST_TERMS])
    return replace(Query(**filters), groups=given, misread=tuple(misread))


def _filter(filters: dict, name: str, value: str) -> bool:
    """Add a filter. Returns whether its value has a meaning."""
    if name in ("author", "in", "tag"):
        filters["category" if name == "in" else name] = value.removeprefix("@").removeprefix("#")
    elif name == "topic" and value.isdecimal() and len(value) < 19:
        filters[name] = int(value)
    elif name == "has" and value.lower() in THINGS:
        filters[name] = filters.get(name, frozenset()) | {value.lower()}
    elif name == "order" and value.lower() in ORDERS:
        filters[name] = value.lower()
    elif name in ("after", "before") and (day := _day(value, is_last=name == "before")):
        filters[name] = day
    else:
        return False
    return True


def _day(value: str, *, is_last: bool) -> date | None:
    """The first or the last day of a year, month or day. "before:2026-05" includes nothing of that month."""
    found = _DAY.fullmatch(value)
    try:
        first = date(int(found[1]), int(found[2] or 1), int(found[3] or 1)) if found else None
    except ValueError:
        return None
    return first - timedelta(days=1) if first and is_last and first > date.min else first


def words_of(text: str) -> str:
    """Return `text` without its filters, for a form that shows them as fields."""
    return " ".join(
        part[0].strip()
        for part in _PART.finditer(text)
        if part["minus"] or (part["name"] or "").lower() not in FILTERS
    )


# --- For Postgres ------------------------------------------------------------------------------------


def tsquery(query: Query, languages: Iterable[str], *, is_loose: bool, titles: bool = False) -> str:
    """Return the words of a query as a tsquery, in any of the languages. "" if none of them has words to look for.

    A loose one has the words of a phrase anywhere, so the index alone decides. With `titles` they must be in the title.
    """
    given = list(query.terms)
    wanted = [word for term in given for word in term.words if not word.endswith("*")]
    found = []
    for language in languages:
        known = stems.of(language, wanted)
        groups = [_group(group, known, is_loose, titles) for group in query.groups]
        kept = [group for group in groups if group]
        if any(not group.startswith("!") for group in kept):
            found.append(" & ".join(kept))
    return " | ".join(f"({each})" for each in dict.fromkeys(found))


def _group(group, known, is_loose, titles) -> str:
    parts = [part for term in group if (part := _term(term, known, is_loose, titles))]
    return parts[0] if len(parts) == 1 else f"({' | '.join(parts)})" if parts else ""


def _term(term: Term, known, is_loose, titles) -> str:
    titles = titles and not term.is_excluded
    places = [
        (place, _lexeme(stem, titles))
        for place, word in enumerate(term.words)
        if (stem := word if word.endswith("*") else known[word])
    ]
    if not places or (is_loose and term.is_excluded and len(places) > 1):
        return ""
    text = places[0][1]
    for (before, _), (place, lexeme) in pairwise(places):
        text += f" & {lexeme}" if is_loose else f" <{place - before}> {lexeme}"
    text = f"({text})" if len(places) > 1 else text
    return f"!{text}" if term.is_excluded else text


def _lexeme(stem: str, titles: bool) -> str:
    is_beginning = stem.endswith("*")
    word = stem.removesuffix("*")
    return f"'{marks.title(word) if titles else word}'{':*' if is_beginning else ''}"


def skipped(query: Query, languages: Iterable[str]) -> list[str]:
    """The words of a query that no language looks for, because almost every text has them."""
    kept = set()
    for language in languages:
        kept |= {word for word, stem in stems.of(language, query.words).items() if stem}
    return [word for word in dict.fromkeys(query.words) if word not in kept]


def any_of(text: str, languages: Iterable[str], *, titles: bool) -> str:
    """Return a tsquery for any of the words of `text`."""
    found = dict.fromkeys(
        f"'{marks.title(stem) if titles else stem}'"
        for language in languages
        for stem in stems.of(language, [word.text for word in words.split(text)]).values()
        if stem
    )
    return " | ".join(found)
