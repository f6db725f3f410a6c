"""Materialised paths: a comment's address in its topic's tree, as text that sorts in tree order.

One component of four base-62 digits a level, each the `seq` of a comment, in ASCII order (so the column's collation
is "C"):
14,776,336 comments a topic. The opening's path is empty; the opening's replies are the first level.
"""

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
WIDTH = 4
INDEXED = 500 * WIDTH
"""Characters of a path that the index holds; an index key ends at about 2,700 bytes, a path does not."""

_VALUE = {digit: value for value, digit in enumerate(DIGITS)}


def component(seq: int) -> str:
    """One level's text. Raises `OverflowError` beyond 62 ** 4 - 1."""
    digits = ""
    for _ in range(WIDTH):
        seq, last = divmod(seq, len(DIGITS))
        digits = DIGITS[last] + digits
    if seq:
        raise OverflowError("A topic holds at most 14,776,335 comments.")
    return digits


def seqs(path: str) -> list[int]:
    """The `seq`s along `path`, from the top level down to the comment itself."""
    return [_seq(path[start : start + WIDTH]) for start in range(0, len(path), WIDTH)]


def way(path: str) -> list[int]:
    """The same from the opening on."""
    return [1, *seqs(path)]


def _seq(text: str) -> int:
    value = 0
    for digit in text:
        value = value * len(DIGITS) + _VALUE[digit]
    return value
