"""Checksums of the files in an archive, and their comparison with its manifest. Backups and exports share it."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from config.management.operator_error import OperatorError


def entry(path: Path) -> dict:
    """What a manifest lists of a file: its size and its SHA-256."""
    return {"bytes": path.stat().st_size, "sha256": sha256(path)}


def sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def compare(path: Path, listed: Mapping[str, dict], found: Mapping[str, str]) -> None:
    """Compare the files of the archive `path`, by name with their SHA-256, with its manifest. Raises OperatorError."""
    sums = {name: file["sha256"] for name, file in listed.items()}
    if different := sorted(name for name in sums.keys() | found if sums.get(name) != found.get(name)):
        raise OperatorError(f"{path} is damaged: {different[0]} differs from the manifest.")
