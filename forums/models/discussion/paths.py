"""Materialised paths: the place of a comment in the tree of its topic, as text that sorts in tree order.

Each level is the `seq` of a comment in four base-62 digits, so a topic holds at most 14,776,335 comments. The digits
are in ASCII order, so the column needs the collation "C". The path of the opening is empty; its replies are level 1.
"""

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
WIDTH = 4
INDEXED = 500 * WIDTH
"""Characters of a path in the index. An index key has at most about 2,700 bytes; a path has no limit."""

_VALUE = {digit: value for value, digit in enumerate(DIGITS)}


def component(seq: int) -> str:
    """Encode one level. Raises `OverflowError` beyond 62 ** 4 - 1."""
    digits = ""
    for _ in range(WIDTH):
        seq, last = divmod(seq, len(DIGITS))
        digits = DIGITS[last] + digits
    if seq:
        raise OverflowError("A topic holds at most 14,776,335 comments.")
    return digits


def seqs(path: str) -> list[int]:
    """Return the `seq`s along `path`, from the first level down to the comment itself."""
    return [_seq(path[start : start + WIDTH]) for start in range(0, len(path), WIDTH)]


def seqs_from_opening(path: str) -> list[int]:
    """Return the `seq`s along `path`, beginning with the opening."""
    return [1, *seqs(path)]


def _seq(text: str) -> int:
    value = 0
    for digit in text:
        value = value * len(DIGITS) + _VALUE[digit]
    return value
