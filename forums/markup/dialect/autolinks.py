"""Makes links of bare https:// and http:// addresses. Words such as `readme.md` stay text."""

import re
import unicodedata

from markdown_it.rules_inline import StateInline

from forums.markup.dialect.emphasis import is_wide

REST = re.compile(r'://[\w\[][^\s<>"`|\\]{1,2000}')
CLOSERS = {")": "(", "]": "[", "}": "{", "）": "（"}
OPENERS = frozenset(CLOSERS.values())
WITHIN_WORDS = frozenset("’·・")
"""Punctuation that is part of words, such as L’Équipe. It ends an address only at its end."""
ALWAYS_ENDS = frozenset("—…‥\u200b\u2060")


def inline(state: StateInline, silent: bool) -> bool:
    """Link the address at this `:`. The parser has put its scheme into `state.pending` already."""
    if silent or state.src[state.pos] != ":" or state.linkLevel:
        return False
    scheme = _scheme_before(state)
    rest = REST.match(state.src, state.pos, state.posMax)
    if not scheme or not rest:
        return False
    address = _without_punctuation(scheme + rest[0])
    href = state.md.normalizeLink(address)
    length = len(address) - len(scheme)
    if length < len("://x") or not state.md.validateLink(href):
        return False
    state.pending = state.pending[: -len(scheme)]
    state.push("link_open", "a", 1).attrs = {"href": href}
    state.push("text", "", 0).content = address
    state.push("link_close", "a", -1)
    state.pos += length
    return True


def _scheme_before(state: StateInline) -> str | None:
    for scheme in ("https", "http"):
        begin = state.pos - len(scheme)
        typed = state.src[max(0, begin) : state.pos]
        if typed.lower() == scheme and state.pending.endswith(typed):
            before = state.src[begin - 1 : begin] if begin > 0 else ""
            # Chinese and Japanese have no spaces, so an address may follow one of their letters.
            return None if before.isalnum() and not is_wide(before) else typed
    return None


def _without_punctuation(address: str) -> str:
    """Cut the address at a bracket or a quotation mark that it did not open, and before what ends a sentence."""
    opened = dict.fromkeys(OPENERS, 0)
    for place, character in enumerate(address):
        if character in OPENERS and (character.isascii() or is_wide(address[place - 1])):
            opened[character] += 1
        elif character in CLOSERS and opened[CLOSERS[character]] > 0:
            opened[CLOSERS[character]] -= 1
        elif character in CLOSERS or _ends_address(character):
            address = address[:place]
            break
    while address and (address[-1] in "?!.,:;*_~'" or _is_foreign_punctuation(address[-1])):
        address = address[:-1]
    return address


def _ends_address(character: str) -> bool:
    """Return whether no address goes on after this character: a quotation mark, a bracket, or wide punctuation."""
    if character.isascii() or character in WITHIN_WORDS:
        return False
    kind = unicodedata.category(character)
    return (
        character in ALWAYS_ENDS or kind in ("Pi", "Pf", "Ps", "Pe") or (kind == "Po" and is_wide(character))
    )


def _is_foreign_punctuation(character: str) -> bool:
    return not character.isascii() and character != "）" and unicodedata.category(character)[0] == "P"
