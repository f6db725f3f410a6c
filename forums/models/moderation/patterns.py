"""Matches words and patterns that operators enter, in time proportional to the length of the text.

RE2 has no backtracking. A pattern that makes Python's `re` hang for years takes it milliseconds.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import re2

from forums.markup import LONGEST as LONGEST_TEXT

LONGEST = 200
"""Characters of a pattern."""
MEMORY = 1 << 20
"""Bytes that RE2 may use for one pattern. A pattern that needs more is refused when it is compiled."""
QUICK = 0.2
"""Seconds of processor time that a new expression may take on the longest text."""
MOST_REPLACED = 100
"""Matches of one expression that are replaced. Each search may read the whole rest of the text."""


@dataclass(frozen=True)
class Expression:
    """A compiled word or pattern. A word matches only as a whole word."""

    compiled: Any
    is_word: bool

    def is_quick(self) -> bool:
        """Whether searching the longest texts takes less than `QUICK`.

        RE2 needs time in proportion to the text, but the factor depends on the pattern: a thousand repetitions make it
        a thousand times slower.
        """
        letters = "".join(filter(str.isalnum, self.compiled.pattern)) or "a"
        for sample in ("a", "ab ", letters):
            began = time.thread_time()
            self.find(sample * (LONGEST_TEXT // len(sample)))
            if time.thread_time() - began > QUICK:
                return False
        return True

    def find(self, text: str) -> str:
        """Return the first match in `text`, or ""."""
        start, end = next(self._spans(text), (0, 0))
        return text[start:end]

    def replace(self, text: str, by: str) -> str:
        """Replace the first `MOST_REPLACED` matches in `text` by `by`."""
        pieces, done = [], 0
        for count, (start, end) in enumerate(self._spans(text)):
            if count == MOST_REPLACED:
                break
            pieces += [text[done:start], by]
            done = end
        return "".join([*pieces, text[done:]])

    def _spans(self, text) -> Iterator[tuple[int, int]]:
        for match in self.compiled.finditer(text):
            start, end = match.span()
            if start < end and not (self.is_word and _goes_on(text, start, end)):
                yield start, end


def compile(line: str, *, is_pattern: bool) -> Expression:
    """Compile a line of a filter. Raises `ValueError` with the reason if it is invalid or too expensive."""
    if len(line) > LONGEST:
        raise ValueError(f"A line has at most {LONGEST} characters.")
    options = re2.Options()
    options.case_sensitive, options.log_errors, options.max_mem = False, False, MEMORY
    try:
        compiled = re2.compile(line if is_pattern else re2.escape(line), options)
    except re2.error as error:
        reason = error.args[0]
        reason = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
        raise ValueError(f"RE2 does not accept this: {reason}.") from None
    if compiled.search("") is not None:
        raise ValueError("It matches the empty text, so it would match everywhere.")
    return Expression(compiled, is_word=not is_pattern)


def _goes_on(text, start, end):
    """Whether the match is only a part of a longer word."""
    before = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    after = end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
    return before or after
