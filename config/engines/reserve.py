"""A file that takes some space, so that the engines can start on a full disk after it is deleted."""

import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

from config.engines.directories import Directories
from config.management.operator_error import OperatorError

BYTES = 32 * 1024**2
"""The size of the file: two segments of Postgres' log."""
LEAST = 1024**2
"""Bytes without which Postgres does not start."""


def keep(directories: Directories) -> None:
    """Make the file if it is missing and the disk has room for much more than it."""
    path = _path(directories)
    if path.exists() or free_bytes(directories.data) < 4 * BYTES:
        return
    with suppress(OSError), path.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, BYTES)


def use(directories: Directories) -> None:
    """Delete the file if the disk is full, and say so. Raises OperatorError if there is none and no space at all."""
    free, path = free_bytes(directories.data), _path(directories)
    if free < BYTES and path.exists():
        path.unlink()
        sentence = f"The disk of {directories.data} is full: readers are served. Free some space for those who write."
        print(sentence, file=sys.stderr, flush=True)
    elif free < LEAST:
        raise OperatorError(f"The disk of {directories.data} is full: free some space, then start again.")


def is_short_of_space(data: Path) -> bool:
    """Return whether the site must be read only: because less than `BYTES` are free, or twice that without the file.

    Otherwise members could write into the space that the deleted file has left for the engines.
    """
    return free_bytes(data) < (BYTES if _path(Directories(data)).exists() else 2 * BYTES)


def free_bytes(place: Path) -> int:
    return shutil.disk_usage(place).free


def _path(directories: Directories) -> Path:
    return directories.engines / "reserve"
