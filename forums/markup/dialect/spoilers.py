"""Parses spoilers: `||hidden||` within a line, and lines that begin with `>!` for a block.

Both work without scripts. CSS shows the first while it is hovered or focused. The second is a <details>.
"""

from typing import Literal

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

BAR = ord("|")


def inline(state: StateInline, silent: bool) -> bool:
    """Record each `||` as a possible start or end. `pair` joins them when the whole line has been read."""
    if silent or not state.src.startswith("||", state.pos):
        return False
    run = state.scanDelims(state.pos, True)
    if run.length % 2:
        state.push("text", "", 0).content = "|"
    for _ in range(run.length // 2):
        state.push("text", "", 0).content = "||"
        state.delimiters.append(
            Delimiter(
                marker=BAR,
                length=0,
                token=len(state.tokens) - 1,
                end=-1,
                open=run.can_open,
                close=run.can_close,
            )
        )
    state.pos += run.length
    return True


def pair(state: StateInline) -> None:
    """Turn the pairs that the parser found into elements. A single `||` stays text."""
    lists = [state.delimiters, *(meta.get("delimiters", []) for meta in state.tokens_meta if meta)]
    for delimiters in lists:
        for opener in delimiters:
            if opener.marker == BAR and opener.end >= 0:
                _become(state.tokens[opener.token], "spoiler_open", 1)
                _become(state.tokens[delimiters[opener.end].token], "spoiler_close", -1)


def _become(token: Token, kind: str, nesting: Literal[-1, 1]) -> None:
    token.type, token.tag, token.nesting, token.content = kind, "span", nesting, ""
    if nesting > 0:
        token.attrs = {"class": "spoiler"}


def block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse consecutive lines that begin with `>!`. Every line needs it, so that the hidden part ends visibly."""
    if not _begins(state, start):
        return False
    if silent:
        return True
    after = start
    marks = state.bMarks[:], state.tShift[:], state.sCount[:], state.bsCount[:]
    while after < end and _begins(state, after):
        _cut_marker(state, after)
        after += 1
    _contents(state, start, after)
    state.bMarks, state.tShift, state.sCount, state.bsCount = marks
    return True


def _begins(state: StateBlock, line: int) -> bool:
    if state.is_code_block(line) or state.sCount[line] < state.blkIndent:
        return False
    return state.src.startswith(">!", state.bMarks[line] + state.tShift[line])


def _cut_marker(state: StateBlock, line: int) -> None:
    begin = state.bMarks[line] + state.tShift[line] + 2
    if state.src.startswith(" ", begin) and begin < state.eMarks[line]:
        begin += 1
    rest = state.src[begin : state.eMarks[line]]
    indent = len(rest) - len(rest.lstrip(" "))
    state.bMarks[line] = begin
    state.tShift[line] = state.sCount[line] = indent
    state.bsCount[line] = 0


def _contents(state: StateBlock, start: int, after: int) -> None:
    outside = state.lineMax, state.parentType, state.blkIndent
    state.lineMax, state.parentType, state.blkIndent = after, "blockquote", 0
    state.push("spoiler_block_open", "details", 1).attrs = {"class": "spoiler"}
    state.push("spoiler_summary_open", "summary", 1)
    label = state.push("inline", "", 0)
    label.content, label.children = "Spoiler", []
    state.push("spoiler_summary_close", "summary", -1)
    state.md.block.tokenize(state, start, after)
    state.push("spoiler_block_close", "details", -1)
    state.lineMax, state.parentType, state.blkIndent = outside
    state.line = after
