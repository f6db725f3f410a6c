"""Reading text whose encoding nobody wrote down."""

from pathlib import Path


def lines(path):
    """Pairs of line number, from 1, and text without its end: UTF-8 where the whole file is, else Latin-1,
    which is what election offices of the 2000s wrote."""
    data = Path(path).read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return enumerate(text.splitlines(), start=1)
