"""Marks the words that were found, in titles and in the parts of texts that have the most of them."""

import re
from collections.abc import Iterable
from html import unescape

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from forums import markup
from forums.search import stems, words
from forums.search.query import Query

LENGTH, BEFORE = 280, 90
"""Characters of a snippet, and how many of them stand before the first word that was found."""
MOST_PLACES = 30
"""Places in a text that are compared."""
BEGINNING = 3
"""Letters that a word shares with its other forms."""
_TAG = re.compile(r"<[^>]*>")
_SPOILER = 'class="spoiler'


class Marker:
    """Marks the words of a query in texts of the languages of the site."""

    def __init__(self, query: Query, languages: Iterable[str], skipped: Iterable[str]) -> None:
        wanted = [word for word in query.words if word not in skipped]
        self.parts = tuple(word[:-1] for word in wanted if word.endswith("*"))
        whole = [word for word in wanted if not word.endswith("*")]
        self.stems = {language: {*stems.of(language, whole).values()} - {None} for language in languages}
        self.beginnings = (*self.parts, *dict.fromkeys(word[:BEGINNING] for word in whole))
        # The letters stand first, because a search for letters skips all others quickly.
        places = [
            re.escape(each) + ("" if words.is_paired(each) else rf"(?<!\w{re.escape(each)})")
            for each in self.beginnings
        ]
        self.places = re.compile("|".join(places) or "(?!)")  # which is nowhere

    def mark(self, text: str) -> SafeString:
        """Return `text` as HTML in which the words are marked. A query for words that this process has not seen."""
        own = [word for word in words.split(text) if word.text.startswith(self.beginnings)]
        found = {word.text for word in own if word.text.startswith(self.parts)}
        for language, wanted in self.stems.items():
            found |= {
                word
                for word, stem in stems.of(language, [each.text for each in own]).items()
                if stem in wanted
            }
        html, done = "", 0
        for word in own:
            if word.text in found and word.end > done:
                start = max(word.start, done)
                html += f"{escape(text[done:start])}<mark>{escape(text[start : word.end])}</mark>"
                done = word.end
        return mark_safe((html + escape(text[done:])).replace("</mark><mark>", ""))

    def snippet(self, html: str) -> SafeString:
        """Return the part of a comment with the most words, marked.

        A text with spoilers is cut at its beginning, without them.
        """
        if _SPOILER in html:
            return self.mark(markup.excerpt(html, LENGTH))
        return self.part(unescape(_TAG.sub(" ", html)))

    def part(self, text: str) -> SafeString:
        """Return the part of a text with the most words, marked."""
        text = " ".join(text.split())
        start = self._best_place(words.fold(text))
        part = text[start : start + LENGTH]
        if start:
            part = "…" + part[part.find(" ") :] if " " in part[:BEFORE] else "…" + part
        if start + LENGTH < len(text):
            part = part[: part.rfind(" ")] + " …" if " " in part[-BEFORE:] else part + "…"
        return self.mark(part)

    def _best_place(self, text: str) -> int:
        """Where to cut so that most different words are near. Folding may move it by a few characters."""
        found = [
            (place.start(), place[0])
            for _, place in zip(range(MOST_PLACES), self.places.finditer(text), strict=False)
        ]
        if not found:
            return 0
        reach = LENGTH - BEFORE

        def different(start: int) -> int:
            return len({word for at, word in found if start <= at < start + reach})

        best = max((start for start, _ in found), key=lambda start: (different(start), -start))
        return max(0, best - BEFORE) if best > BEFORE else 0
