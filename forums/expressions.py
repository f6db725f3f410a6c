"""Words and patterns that people who run a site think up, matched in time that grows with the text alone.

Patterns go through RE2, which has no backtracking: what makes Python's `re` hang for years takes it milliseconds.
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
"""Bytes that RE2 may use for one pattern; those that unfold into more are refused when compiled."""
QUICK = 0.2
"""Seconds of computing that a new expression may take for one of the longest texts."""
MOST_REPLACED = 100
"""Matches of one expression that are replaced. Each may look at all of the rest of the text."""


@dataclass(frozen=True)
class Expression:
    """Something to look for; a word counts where it stands by itself."""

    compiled: Any
    is_word: bool

    def is_quick(self) -> bool:
        """Whether it is found, or not, in the longest texts without delay. RE2 needs time in proportion to the text,
        but the factor is the pattern's: a thousand repetitions make it a thousand times as long."""
        letters = "".join(filter(str.isalnum, self.compiled.pattern)) or "a"
        for sample in ("a", "ab ", letters):
            began = time.thread_time()
            self.find(sample * (LONGEST_TEXT // len(sample)))
            if time.thread_time() - began > QUICK:
                return False
        return True

    def find(self, text: str) -> str:
        """The first match in `text`; empty if there is none."""
        start, end = next(self._spans(text), (0, 0))
        return text[start:end]

    def replace(self, text: str, by: str) -> str:
        """`text` with `by` in the place of the first MOST_REPLACED matches."""
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
    """Raises ValueError with the reason where it is no pattern, or one that costs too much."""
    if len(line) > LONGEST:
        raise ValueError(f"{LONGEST} characters are the most.")
    options = re2.Options()
    options.case_sensitive, options.log_errors, options.max_mem = False, False, MEMORY
    try:
        compiled = re2.compile(line if is_pattern else re2.escape(line), options)
    except re2.error as error:
        reason = error.args[0]
        reason = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
        raise ValueError(f"RE2 says: {reason}.") from None
    if compiled.search("") is not None:
        raise ValueError("It would find nothing at all, in every text.")
    return Expression(compiled, is_word=not is_pattern)


def _goes_on(text, start, end):
    """Whether the word is only a part of a longer one."""
    before = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    after = end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
    return before or after
