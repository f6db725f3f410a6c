"""Makes a link of `@name`, also if there is no such member, because rendering uses no database."""

import re
import unicodedata
from urllib.parse import quote

from markdown_it.rules_inline import StateInline

# Vowel signs and accents on letters. They are part of names in many alphabets, but not of Python's \w.
SIGNS = "".join(chr(code) for code in range(0x300, 0xD7FF) if unicodedata.category(chr(code))[0] == "M")
NAME = re.compile(rf"@([\w{SIGNS}.-]{{3,30}})(?![\w{SIGNS}.-]*[\w{SIGNS}])")
PART_OF_ADDRESS = frozenset("/@.-")


def inline(state: StateInline, silent: bool) -> bool:
    """Link the name after this `@`. After a letter, a digit or a slash it is part of an address, not a mention."""
    if silent or state.src[state.pos] != "@" or state.linkLevel:
        return False
    before = state.src[state.pos - 1 : state.pos] if state.pos else ""
    if before.isalnum() or (before in ("/", "@", ".", "-") and before):
        return False
    match = NAME.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    name = match[1].rstrip(".-")  # punctuation that ends a sentence; no name ends with it
    if before == "_":  # _@ada_ is Ada with emphasis
        name = name.rstrip("_")
    if len(name) < 3:
        return False
    state.push("link_open", "a", 1).attrs = {"class": "mention", "href": f"/u/{quote(name)}/"}
    state.push("text", "", 0).content = f"@{name}"
    state.push("link_close", "a", -1)
    state.pos += 1 + len(name)
    return True
