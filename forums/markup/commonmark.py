"""The dialect: CommonMark with tables, strike-through, bare addresses, task lists, spoilers and mentions.

Raw HTML is text. The parser's own bound on nesting drops what lies deeper; with ours, a marker beyond the bound
is plain text instead. Each bound here was found by measuring what 40,000 characters can cost.
"""

from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote, list_block, table
from markdown_it.rules_inline import StateInline, image, link

from forums.markup import addresses, mentions, spoilers

DEEPEST_QUOTE = 10
"""Blocks around a quote or a spoiler: a line without a marker may belong to any of them, and all are asked."""

DEEPEST_LIST = 16
"""Blocks around a list; a list and its item are two, so seven or eight lists fit inside each other."""

WIDEST_TABLE = 40
"""Columns; a row of 10,000 cells is not meant to be read."""

MOST_BRACKETS = 3_000
"""Beginnings of links and images that are looked at; more links than this hardly fit into a comment."""


def _parser() -> MarkdownIt:
    # Inline nesting is bounded afterwards, with everything else, by the tree.
    md = MarkdownIt("commonmark", {"html": False, "maxNesting": 100, "tasklists": True})
    md.enable(["table", "strikethrough"])
    # The rules that each may interrupt stay as they are in CommonMark.
    quotes = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    block = md.block.ruler
    block.at("table", _narrow(table), {"alt": ["paragraph", "reference"]})
    block.at("blockquote", _shallow(blockquote, DEEPEST_QUOTE), quotes)
    block.at("list", _shallow(list_block, DEEPEST_LIST), {"alt": ["paragraph", "reference", "blockquote"]})
    block.before("blockquote", "spoiler", _shallow(spoilers.block, DEEPEST_QUOTE), quotes)
    inline = md.inline.ruler
    inline.at("link", _few(link))
    inline.at("image", _few(image))
    inline.after("text", "address", addresses.inline)
    inline.after("address", "mention", mentions.inline)
    inline.after("strikethrough", "spoiler", spoilers.inline)
    md.inline.ruler2.after("strikethrough", "spoiler", spoilers.pair)
    md.inline.add_terminator_char("|")
    # An address is shown as typed: decoding its escapes could bring in characters that `clean` took out.
    md.normalizeLinkText = lambda url: url
    return md


def _shallow(rule: Callable, deepest: int) -> Callable:
    def within_depth(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        return state.level < deepest and rule(state, start, end, silent)

    return within_depth


def _narrow(rule: Callable) -> Callable:
    def within_width(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        if start + 1 < end:  # the line below the heading has one run of dashes for each column
            line = state.src[state.bMarks[start + 1] : state.eMarks[start + 1]]
            if line.count("|") > WIDEST_TABLE:
                return False
        return rule(state, start, end, silent)

    return within_width


def _few(rule: Callable) -> Callable:
    def within_budget(state: StateInline, silent: bool) -> bool:
        if state.src[state.pos] not in "[!":
            return False
        state.env["brackets"] = state.env.get("brackets", 0) + 1
        return state.env["brackets"] <= MOST_BRACKETS and rule(state, silent)

    return within_budget


PARSER = _parser()
"""Shared by all threads: the parser keeps everything about one text in the state of that call."""
