# ruff: noqa: RUF003 (the ambiguous letters are the point)
"""Reduces a name to its appearance, so that look-alikes can be found.

The method is that of Unicode Technical Standard 39, section 4, with its table `confusables.txt` (version 17).
"""

import json
import re
import unicodedata
from functools import cache
from importlib.resources import files

# Characters that readers take for another one although the table of Unicode does not say so, or names another letter.
_OURS = {
    "l": "i", "3": "e", "5": "s", "ε": "e", "є": "e", "ð": "d", "β": "b", "ь": "b", "п": "n", "η": "n",
    "ц": "u", "ω": "w", "ʍ": "m", "m": "m",
}  # fmt: skip
_LATIN = re.compile(r"LATIN (?:SMALL LETTER|CAPITAL LETTER|LETTER SMALL CAPITAL)(?: \w{2,})*? (\w)\b")


def skeleton(name: str) -> str:
    """Reduce a name to what a reader notices. Two names with the same skeleton look alike.

    It removes differences of case, accents, dots and dashes. It treats as equal: `0` and `o`, `1`, `l` and `i`, `rn`
    and `m`, `vv` and `w`, and letters of different alphabets with the same shape. Members' rows store the
    result (accounts/models/skeleton_field.py).
    """
    shapes = map(_shape, unicodedata.normalize("NFKC", name))
    return "".join(shapes).replace("rn", "m").replace("vv", "w")


@cache
def _shape(ch: str) -> str:
    """The skeleton of one character. A letter without any other shape keeps its own."""
    shape = _settled(ch)
    if ch.islower() and not shape.isascii() and (capital := _settled(ch.upper())).isascii():
        shape = capital  # "к" is not in the table, but "К" is
    return shape or (ch if ch.isalnum() else "")


def _settled(text: str) -> str:
    """Replace each character until nothing changes. The results of one replacement can have look-alikes again."""
    while (shape := _replaced(text)) != text:
        text = shape
    return text


def _replaced(text: str) -> str:
    table = _confusables()
    marked = unicodedata.normalize("NFKD", text)
    replaced = "".join(_OURS.get(ch) or table.get(ch) or _plain(ch) for ch in marked).casefold()
    return "".join(ch for ch in unicodedata.normalize("NFKD", replaced) if _is_noticed(ch))


def _plain(ch: str) -> str:
    """The plain letter of a small capital, or of one with a stroke, a hook or the like, which Unicode's names tell."""
    name = unicodedata.name(ch, "")
    if found := _LATIN.match(name):
        return found[1].lower()
    letter, is_changed, _ = name.partition(" WITH ")
    if not is_changed or " LETTER " not in letter or ch.lower() == ch.upper():
        return ch
    try:
        return unicodedata.lookup(letter)
    except KeyError:
        return ch


def _is_noticed(ch: str) -> bool:
    """Whether `ch` is a letter, a digit or a vowel sign.

    Accents and strokes are not (combining classes 200 and above, and 1), nor are the points of Hebrew and Arabic (10 to
    35), which most texts leave out.
    """
    kind = unicodedata.combining(ch)
    return unicodedata.category(ch)[0] in "LNM" and not (kind == 1 or 10 <= kind <= 35 or kind >= 200)


@cache
def _confusables() -> dict[str, str]:
    """Unicode's table: the character or characters that stand for each character.

    The library lists each pair in both directions. If a character is paired with several others, it stands for them.
    """
    text = (files("homoglyphs_fork") / "confusables.json").read_text("utf-8")
    pairs = json.loads(text.replace("\u200e", "").replace("\\u200e", ""))
    return {
        ch: others[0]
        for ch, others in pairs.items()
        if len(ch) == len(others) == 1 and (len(pairs.get(others[0], "")) != 1 or ch > others[0])
    }
