"""Reads text files of unknown encoding."""

from pathlib import Path


def lines(path):
    """Pairs of line number (from 1) and line without its end.

    The encoding is UTF-8 if the whole file is valid UTF-8, otherwise Latin-1, as election offices of the 2000s used.
    """
    data = Path(path).read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return enumerate(text.splitlines(), start=1)
