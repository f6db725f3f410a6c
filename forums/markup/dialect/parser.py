"""Parses our dialect: CommonMark with tables, strike-through, bare addresses, task lists, spoilers and mentions.

Raw HTML and footnotes are text. A single line break is kept. The parser's own limit on nesting drops what lies
deeper. With our limits, a marker beyond the limit is plain text instead. Each limit follows from measuring the cost of
40,000 characters.
"""

from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock, blockquote, list_block, reference, table
from markdown_it.rules_inline import StateInline, image, link

from forums.markup.dialect import autolinks, mentions, spoilers
from forums.markup.dialect.addresses import may_link
from forums.markup.dialect.emphasis import InlineParser

BlockRule = Callable[[StateBlock, int, int, bool], bool]
InlineRule = Callable[[StateInline, bool], bool]

DEEPEST_QUOTE = 10
"""Blocks around a quote or a spoiler. A line without a marker may belong to any of them, so all are checked."""

DEEPEST_LIST = 16
"""Blocks around a list. A list and its item are two, so seven or eight lists fit inside each other."""

WIDEST_TABLE = 40
"""Columns of a table. A row of 10,000 cells is not meant to be read."""

MOST_BRACKETS = 3_000
"""Starts of links and images that are parsed. A comment hardly has room for more links."""


class _Parser(MarkdownIt):
    def normalizeLinkText(self, link: str) -> str:
        """Show an address as typed: decoding its escapes could bring back characters that `clean` removed."""
        return link

    def validateLink(self, url: str) -> bool:
        """Accept only addresses that may be links, so that others are shown as typed."""
        return may_link(url)


def _parser() -> MarkdownIt:
    # The depth of inline elements is limited later, by `tree.parse`.
    md = _Parser("commonmark", {"html": False, "maxNesting": 100, "tasklists": True, "breaks": True})
    md.inline = InlineParser()
    md.enable(["table", "strikethrough"])
    # `alt` names the rules that each rule may interrupt, as in CommonMark.
    quotes: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    block = md.block.ruler
    block.at("table", _narrow(table), {"alt": ["paragraph", "reference"]})
    block.at("blockquote", _shallow(blockquote, DEEPEST_QUOTE), quotes)
    block.at("list", _shallow(list_block, DEEPEST_LIST), {"alt": ["paragraph", "reference", "blockquote"]})
    block.at("reference", _no_footnote(reference))
    block.before("blockquote", "spoiler", _shallow(spoilers.block, DEEPEST_QUOTE), quotes)
    inline = md.inline.ruler
    inline.at("link", _few(link))
    inline.at("image", _few(image))
    inline.after("text", "address", autolinks.inline)
    inline.after("address", "mention", mentions.inline)
    inline.after("strikethrough", "spoiler", spoilers.inline)
    md.inline.ruler2.after("strikethrough", "spoiler", spoilers.pair)
    md.inline.add_terminator_char("|")
    return md


def _shallow(rule: BlockRule, deepest: int) -> BlockRule:
    def within_depth(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        return state.level < deepest and rule(state, start, end, silent)

    return within_depth


def _narrow(rule: BlockRule) -> BlockRule:
    def within_width(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        if start + 1 < end:  # the line below the heading has one run of dashes for each column
            line = state.src[state.bMarks[start + 1] : state.eMarks[start + 1]]
            if line.count("|") > WIDEST_TABLE:
                return False
        return rule(state, start, end, silent)

    return within_width


def _no_footnote(rule: BlockRule) -> BlockRule:
    """Show footnotes as typed. Otherwise `[^1]: https://…` would be the address of a link and disappear."""

    def unless_footnote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        begin = state.bMarks[start] + state.tShift[start]
        return not state.src.startswith("[^", begin) and rule(state, start, end, silent)

    return unless_footnote


def _few(rule: InlineRule) -> InlineRule:
    def within_budget(state: StateInline, silent: bool) -> bool:
        if state.src[state.pos] not in "[!":
            return False
        state.env["brackets"] = state.env.get("brackets", 0) + 1
        return state.env["brackets"] <= MOST_BRACKETS and rule(state, silent)

    return within_budget


PARSER = _parser()
"""Shared by all threads. The parser keeps everything about a text in the state of that call."""
