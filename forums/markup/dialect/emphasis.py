"""Lets emphasis begin and end beside Chinese, Japanese and Korean letters.

CommonMark decides by the spaces and the punctuation around a `*`. In `**真，**她` the second `**` could then not end
the emphasis, because a comma stands before it and no space follows. With the rule of "markdown-cjk-friendly", a wide
character counts like a space beside punctuation.
"""

import unicodedata

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token
from markdown_it.utils import EnvType


class _State(StateInline):
    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        scanned = super().scanDelims(start, canSplitWord)
        if not canSplitWord or (scanned.can_open and scanned.can_close):
            return scanned
        before = self.src[start - 1 : start]
        after = self.src[start + scanned.length : self.posMax][:1]
        return Scanned(
            scanned.can_open or _is_word_beside_wide(after, before),
            scanned.can_close or _is_word_beside_wide(before, after),
            scanned.length,
        )


def is_wide(character: str) -> bool:
    """Return whether Unicode calls the character wide. Emoji are wide, too."""
    return bool(character) and unicodedata.east_asian_width(character) in ("W", "F", "H")


def _is_word_beside_wide(inside: str, outside: str) -> bool:
    """Return whether the text may be emphasised up to the character `inside`, because `outside` is wide."""
    return bool(inside and outside) and not inside.isspace() and is_wide(outside)


class InlineParser(ParserInline):
    """Parses inline Markdown like the parser that it replaces."""

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens
