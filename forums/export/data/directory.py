"""The directory of an export: its files of records, and the manifest that lists them. README.md documents it."""

import json
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO

from config.backup import manifest
from config.management.operator_error import OperatorError

FORMAT, VERSION = "folkmoot export", 1
"""Raise the version if an older release could misread the files."""
DATA, MEDIA, HTML, MANIFEST = "data", "media", "html", "manifest.json"
KINDS = (
    "site", "rules", "categories", "members", "topics", "tags", "comments", "debates", "sides", "polls", "ballots",
    "log",
)  # fmt: skip
"""The kinds of records. Each has one file, `data/<kind>.jsonl`."""


class Writer:
    """Writes records, each on a line of the file of its kind. Use it in a `with` statement."""

    def __init__(self, directory: Path):
        self.directory = directory
        self.counts = dict.fromkeys(KINDS, 0)
        self._files: dict[str, IO[str]] = {}

    def __enter__(self) -> "Writer":
        (self.directory / DATA).mkdir()
        self._files = {kind: path_of(self.directory, kind).open("w", encoding="utf-8") for kind in KINDS}
        return self

    def __exit__(self, *failure: object) -> None:
        for file in self._files.values():
            file.close()

    def add(self, kind: str, record: dict) -> None:
        self._files[kind].write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")
        self.counts[kind] += 1


def path_of(directory: Path, kind: str) -> Path:
    return directory / DATA / f"{kind}.jsonl"


def records(directory: Path, kind: str) -> Iterator[dict]:
    """Yield the records of a kind. Raises OperatorError for a line that is no record.

    Exports of earlier releases have no file of kinds that came later.
    """
    path = path_of(directory, kind)
    if not path.exists():
        return
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                record = None
            if not isinstance(record, dict):
                raise OperatorError(f"{path}, line {number}: it is not a JSON object.")
            yield record


def software() -> str:
    """The version of this software."""
    try:
        return version("folkmoot")
    except PackageNotFoundError:  # it runs from its directory without being installed
        return "unknown"


def write_manifest(directory: Path, **facts: object) -> None:
    """List all records and media with their checksums. The HTML is left out, because the records have all of it."""
    files = {name: manifest.entry(directory / name) for name in _listed(directory)}
    text = {"format": FORMAT, "version": VERSION, "software": software()} | facts | {"files": files}
    (directory / MANIFEST).write_text(json.dumps(text, indent=1, ensure_ascii=False), encoding="utf-8")


def read_manifest(directory: Path) -> dict:
    """Check all records and media, and return the manifest.

    Raises OperatorError if the directory is no export, has another version, or differs from the manifest.
    """
    path = directory / MANIFEST
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise OperatorError(f"{directory} is not a complete export: it has no {MANIFEST}.") from None
    except (OSError, ValueError) as error:
        raise OperatorError(f"{path} cannot be read: {error}.") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise OperatorError(f"{directory} is not an export: {MANIFEST} names another format.")
    if found.get("version") != VERSION:
        raise OperatorError(
            f"{directory} has version {found.get('version')} of the format, and this software reads {VERSION}."
        )
    sums = {name: manifest.sha256(directory / name) for name in _listed(directory)}
    try:
        manifest.compare(directory, found["files"], sums)
    except (KeyError, TypeError, AttributeError):
        raise OperatorError(f"{directory} is damaged: {MANIFEST} lists no files.") from None
    return found


def _listed(directory: Path) -> list[str]:
    paths = [path for part in (DATA, MEDIA) for path in (directory / part).rglob("*") if path.is_file()]
    return sorted(path.relative_to(directory).as_posix() for path in paths)
