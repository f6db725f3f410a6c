"""Reads text files of unknown encoding."""

from pathlib import Path


def content(path):
    """The text of the file. Raises ValueError if it is not a text file.

    The encoding is UTF-8 if the whole file is valid UTF-8, otherwise Latin-1, as election offices of the 2000s used.
    """
    data = Path(path).read_bytes()
    if b"\0" in data:
        raise ValueError(f"{Path(path).name} is not a text file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def lines(path):
    """Pairs of line number (from 1) and line without its end. Raises ValueError if it is not a text file."""
    return enumerate(content(path).splitlines(), start=1)
