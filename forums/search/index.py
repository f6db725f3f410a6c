"""Writes the entries that `SearchUpdate` names, in batches of one short transaction each.

Only one process writes at a time, and only after the transaction that has changed the comment. So an entry is never
older than its last update.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.template.defaultfilters import pluralize

from config.management.doctor_checks import Finding
from forums.models import Category, SearchUpdate
from forums.models.discussion.category import LANGUAGES
from forums.search import marks, stems, words

BATCH = 500
"""Comments in one transaction."""
SECONDS = 3
"""The time that one run of the task takes, so that other tasks do not wait long. The next one goes on."""
MOST_CHARACTERS = 200_000
"""Characters of a text that are searched. Imports may have longer ones."""
LAST_POSITION = 16_383
"""The highest position that Postgres keeps for a word."""
_LOCK = 0x5EA2C4
_TEXTS = f"""
    SELECT c.id, c.seq, c.topic_id, c.author_id, c.created_at, left(c.body, {MOST_CHARACTERS}) AS body,
           t.title, t.category_id, t.tags, t.hidden_at IS NOT NULL AS is_hidden, t.panel_count,
           position('<img ' IN c.body_html) > 0 AS has_picture,
           CASE WHEN c.seq = 1 THEN (
               SELECT string_agg(concat_ws(E'\\n', o.title, o.decision, o.carried_by), E'\\n') FROM forums_outcome o
               WHERE o.topic_id = t.id AND o.withdrawn_at IS NULL
           ) END AS decided
    FROM forums_comment c JOIN forums_topic t ON t.id = c.topic_id
    WHERE c.id = ANY(%s) AND c.deleted_at IS NULL AND c.hidden_at IS NULL AND t.deleted_at IS NULL
"""
_WRITE = """
    INSERT INTO forums_searchentry (comment_id, words, has_picture, has_poll)
    SELECT id, words::tsvector, has_picture, has_poll
    FROM unnest(%s::bigint[], %s::text[], %s::bool[], %s::bool[]) AS given (id, words, has_picture, has_poll)
    WHERE EXISTS (SELECT FROM forums_comment c WHERE c.id = given.id)
    ON CONFLICT (comment_id) DO UPDATE
    SET words = EXCLUDED.words, has_picture = EXCLUDED.has_picture, has_poll = EXCLUDED.has_poll
    WHERE forums_searchentry.words IS DISTINCT FROM EXCLUDED.words
"""
Texts = Callable[[list[int]], dict[int, str]]
_texts_of_topics: list[Texts] = []


def register(texts: Texts) -> None:
    """Have `texts` return what else is found with the opening of some topics, such as their polls, by topic."""
    _texts_of_topics.append(texts)


def texts_of(topics: list[int]) -> dict[int, str]:
    """Return other texts that are found with the openings of these topics. Costs what each app costs."""
    found: dict[int, str] = defaultdict(str)
    for texts in _texts_of_topics if topics else ():
        for pk, text in texts(topics).items():
            found[pk] += f"{text}\n"
    return found


def run(seconds: float = SECONDS) -> int:
    """Write entries until none is left or the time is over. Returns the number of comments."""
    done, until = 0, time.monotonic() + seconds
    while (batch := _run_batch()) is not None:
        done += batch
        if time.monotonic() > until:
            break
    return done


@transaction.atomic
def _run_batch() -> int | None:
    """Write some entries. Returns the number of comments; None if nothing is left or another process writes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return None
    single = dict(
        SearchUpdate.objects.exclude(comment_id=None).order_by("pk").values_list("pk", "comment_id")[:BATCH]
    )
    if single:
        _write(set(single.values()))
        SearchUpdate.objects.filter(pk__in=single).delete()
        return len(single)
    update = SearchUpdate.objects.order_by("pk").first()
    if update is None:
        return None
    comments = _next_comments(update)
    _write(comments)
    if len(comments) < BATCH:
        update.delete()
    else:
        SearchUpdate.objects.filter(pk=update.pk).update(below=comments[-1])
    return len(comments)


def _next_comments(update) -> list[int]:
    """The newest comments that an update still has to do."""
    found = "SELECT c.id FROM forums_comment c WHERE c.id < %(below)s"
    if update.topic_id:
        found += " AND c.topic_id = %(topic_id)s"
    if update.category_id:
        found += " AND c.topic_id IN (SELECT id FROM forums_topic WHERE category_id = %(category_id)s)"
    with connection.cursor() as cursor:
        cursor.execute(f"{found} ORDER BY c.id DESC LIMIT {BATCH}", vars(update))
        return [pk for (pk,) in cursor.fetchall()]


def _write(comments: Iterable[int]) -> None:
    """Write the entries of these comments, and delete those of comments that are gone."""
    comments = list(comments)
    with connection.cursor() as cursor:
        cursor.execute(_TEXTS, [comments])
        names = [column.name for column in cursor.description]
        rows: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        for row, vector in zip(rows, _vectors(rows), strict=True):
            row["vector"] = vector
        columns = [[row[name] for row in rows] for name in ("id", "vector", "has_picture", "has_poll")]
        cursor.execute(_WRITE, columns)
        gone = set(comments) - {row["id"] for row in rows}
        if gone:
            cursor.execute("DELETE FROM forums_searchentry WHERE comment_id = ANY(%s)", [list(gone)])


def _vectors(rows) -> Iterator[str]:
    """Yield the words of each row with their weights: titles A, panels and outcomes C, comments D. Adds `has_poll`."""
    panels = texts_of([row["topic_id"] for row in rows if row["seq"] == 1 and row["panel_count"]])
    languages = {category.pk: stems.language_of(category) for category in Category.objects.all()}
    parts = []
    for row in rows:
        row["has_poll"] = row["seq"] == 1 and row["topic_id"] in panels
        said = {
            "A": row["title"] if row["seq"] == 1 else "",
            "C": f"{panels[row['topic_id']] if row['has_poll'] else ''}\n{row['decided'] or ''}",
            "D": row["body"],
        }
        parts.append([(weight, [word.text for word in words.split(text)]) for weight, text in said.items()])
    by_language = defaultdict(set)
    for row, part in zip(rows, parts, strict=True):
        by_language[languages[row["category_id"]]].update(*(own for _, own in part))
    known = {language: stems.of(language, own) for language, own in by_language.items()}
    for row, part in zip(rows, parts, strict=True):
        yield _vector(row, part, known[languages[row["category_id"]]])


def _vector(row, parts, known) -> str:
    places, place = defaultdict(list), 0
    for weight, own in parts:
        for word in own:
            place += 1
            if stem := known[word]:
                places[stem].append(f"{min(place, LAST_POSITION)}{weight}")
    found = [f"'{stem}':{','.join(own[:255])}" for stem, own in places.items()]
    found += [f"'{mark}'" for mark in _marks(row, [known[word] for word in parts[0][1]])]
    return " ".join(found)


def _marks(row, titled) -> Iterator[str]:
    yield from marks.eras(row["id"])
    yield from marks.dates(row["created_at"])
    yield from (marks.topic(row["topic_id"]), marks.category(row["category_id"]))
    yield from (marks.title(stem) for stem in set(filter(None, titled)))
    yield from map(marks.tag, row["tags"])
    if row["author_id"]:
        yield marks.author(row["author_id"])
    for is_so, mark in (
        (row["has_picture"], marks.PICTURE),
        (row["has_poll"], marks.POLL),
        (row["decided"], marks.DECISION),
        (row["is_hidden"], marks.HIDDEN),
    ):
        if is_so:
            yield mark


def waiting() -> int:
    """About how many comments wait for their entry to be written. Two queries."""
    single = SearchUpdate.objects.exclude(comment_id=None).count()
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT count(*) FROM forums_comment c
            WHERE EXISTS (SELECT FROM forums_searchupdate u WHERE u.below > c.id AND u.topic_id IS NULL)
        """)
        return single + cursor.fetchone()[0]


def findings() -> Iterator[Finding]:
    """Whether search finds all comments, for `manage.py doctor`."""
    if settings.SEARCH_LANGUAGE not in LANGUAGES:
        yield (
            False,
            f"SEARCH_LANGUAGE is {settings.SEARCH_LANGUAGE}, but must be one of {', '.join(LANGUAGES)}.",
        )
    many = waiting()
    if many > BATCH:
        said = f"Search does not find {many:,} comment{pluralize(many)} yet. The worker adds them in the background; "
        yield None, said + "`python manage.py index_search` does it now."
    else:
        yield True, "Search finds all comments"
