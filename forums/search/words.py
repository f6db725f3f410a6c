"""Splits texts into words, the same way for the index, for queries and for marking what was found.

Postgres' own parser depends on the ctype of the cluster. With the ctype C it takes “ and — for letters. With none it
finds words in Chinese or Japanese. Therefore none is used here.

- A word is a run of letters, digits and their combining marks. Everything else separates words, so `example.org` is two
  words. A query for such a thing is a phrase of its words. `v2.0.1` is the same as `2.0.1`.
- Upper and lower case are the same, and Latin, Greek, Hebrew and Arabic letters lose their marks: "Crème" is "creme".
- Chinese, Japanese and Korean characters are cut into overlapping pairs, so 上海 is found in 我家在上海东边.
  The last character of a run is a word, too: a query for one character looks for words that begin with it.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

LONGEST = 60
"""Characters of a word that are compared."""
_PAIRED = (
    "\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u302f\u3031-\u3035\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3105-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    "\uff66-\uffdc\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_JOINERS = "\u00ad\u200d\u2060"
"""Invisible characters in words: the soft hyphen and two joiners."""
_MARKS = _JOINERS + "".join(
    chr(code)
    for first, last in ((0x300, 0x1FFF), (0xA660, 0xABFF))
    for code in range(first, last)
    if unicodedata.category(chr(code)) in ("Mn", "Mc")
)
_WORD = re.compile(f"[{_PAIRED}]+|(?:[^\\W_{_PAIRED}][{_MARKS}]*)+")
_OTHER_THAN_ASCII = re.compile(r"([^\x00-\x7f]+)")
_ASCII_WORD = re.compile("[a-z0-9]+")
_IS_PAIRED = re.compile(f"[{_PAIRED}]")
_LOSE_MARKS = ("LATIN", "GREEK", "HEBREW", "ARABIC")
_LETTERS = dict(zip("øđðłħıæœþё", ["o", "d", "d", "l", "h", "i", "ae", "oe", "th", "е"], strict=True))  # noqa: RUF001


class Word(NamedTuple):
    """A word as it is compared, and its place in the text."""

    text: str
    start: int
    end: int


class _Folded(dict):
    """The form of each character for comparisons, computed when it first occurs."""

    def __missing__(self, code: int) -> str:
        folded = unicodedata.normalize("NFKC", chr(code)).casefold()
        first = unicodedata.normalize("NFD", folded)[:1]
        if chr(code) in _JOINERS or 0x300 <= code < 0x370:
            folded = ""
        elif unicodedata.name(first, "").startswith(_LOSE_MARKS):
            folded = "".join(filter(_is_no_mark, unicodedata.normalize("NFD", folded)))
        self[code] = folded = "".join(_LETTERS.get(letter, letter) for letter in folded)
        return folded


def _is_no_mark(character: str) -> bool:
    return unicodedata.category(character) != "Mn"


_FOLDED = _Folded()


def fold(text: str) -> str:
    """Return `text` as it is compared."""
    if text.isascii():
        return text.lower()
    # Most texts have only a few other characters. A mark on an ASCII letter is dropped by itself.
    runs = _OTHER_THAN_ASCII.split(text)
    runs[::2] = map(str.lower, runs[::2])
    runs[1::2] = [unicodedata.normalize("NFC", run).translate(_FOLDED) for run in runs[1::2]]
    return "".join(runs)


def _compared(run: str) -> str:
    """Return a word as it is compared; "" if it has only invisible characters."""
    return _cut(fold(run))


def _cut(folded: str) -> str:
    """Return a word without what is not compared: its end if it is long, and the "v" of a version."""
    folded = folded[:LONGEST]
    return folded[1:] if folded[0:1] == "v" and folded[1:].isdecimal() else folded


def is_paired(text: str) -> bool:
    """Whether `text` begins with a character of Chinese, Japanese or Korean, which are cut into pairs."""
    return bool(_IS_PAIRED.match(text))


def split(text: str) -> Iterator[Word]:
    """Yield the words of a text in their order."""
    if text.isascii():  # the same in a quarter of the time
        for found in _ASCII_WORD.finditer(text.lower()):
            yield Word(_cut(found[0]), found.start(), found.end())
        return
    for found in _WORD.finditer(text):
        run, start = found[0], found.start()
        if not is_paired(run):
            if folded := _compared(run):
                yield Word(folded, start, found.end())
            continue
        for place in range(len(run)):
            yield Word(fold(run[place : place + 2]), start + place, min(start + place + 2, found.end()))


def of_query(text: str) -> list[str]:
    """Return the words that a query for `text` looks for next to each other. One character of a run is "上*"."""
    words = []
    for found in _WORD.finditer(text):
        if not is_paired(found[0]):
            words += filter(None, [_compared(found[0])])
        elif len(found[0]) == 1:
            words.append(f"{fold(found[0])}*")
        else:
            words += [fold(found[0][place : place + 2]) for place in range(len(found[0]) - 1)]
    return words
