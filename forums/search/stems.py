"""Stems: the part that all forms of a word share, in the languages that the site's categories have.

The dictionaries are those of Postgres, which gives one word at a time: `ts_lexize` involves no parser and no ctype.
"""

from collections.abc import Iterable

from django.conf import settings

from config.replicas import reads
from forums.models.discussion.category import LANGUAGES

MOST = 50_000
"""Words of a language that a process remembers."""
_known: dict[str, dict[str, str | None]] = {}


def of(language: str, words: Iterable[str]) -> dict[str, str | None]:
    """Return the stem of each word; None for words that a language has in almost every text, such as "the".

    At most one query, for the words that this process has not seen before.
    """
    wanted = set(words)
    if language == "simple":
        return {word: word for word in wanted}
    known = _known.setdefault(language, {})
    found = {word: known[word] for word in wanted if word in known}
    if new := list(wanted - found.keys()):
        rows = reads.rows(
            "SELECT word, ts_lexize(%s::regdictionary, word) FROM unnest(%s::text[]) AS word",
            [f"{language}_stem", new],
        )
        fetched = {word: _stem(word, lexemes) for word, lexemes in rows}
        if len(known) + len(fetched) > MOST:
            known.clear()
        known.update(fetched)
        found |= fetched
    return found


def _stem(word, lexemes) -> str | None:
    if lexemes is None:
        return word
    return lexemes[0] if lexemes else None


def language_of(category) -> str:
    """The language of the texts in a category."""
    return _valid(category.search_language) if category.search_language else language_of_site()


def language_of_site() -> str:
    """The language of the texts in categories that have none of their own."""
    return _valid(settings.SEARCH_LANGUAGE)


def _valid(language: str) -> str:
    return language if language in LANGUAGES else "simple"
