"""Makes links of bare https:// and http:// addresses. Words such as `readme.md` stay text."""

import re

from markdown_it.rules_inline import StateInline

REST = re.compile(r'://[\w\[][^\s<>"`|\\]{1,2000}')
CLOSERS = {")": "(", "]": "["}


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
            return None if begin > 0 and state.src[begin - 1].isalnum() else typed
    return None


def _without_punctuation(address: str) -> str:
    """Cut the address at a bracket that it did not open, and remove punctuation that ends a sentence."""
    opened = {"(": 0, "[": 0}
    for place, character in enumerate(address):
        if character in opened:
            opened[character] += 1
        elif character in CLOSERS:
            opened[CLOSERS[character]] -= 1
            if opened[CLOSERS[character]] < 0:
                address = address[:place]
                break
    return address.rstrip("?!.,:;*_~'")
