"""The format of a backup: a tar file whose last member, `manifest.json`, lists everything in it.

    database.dump          pg_dump's custom format, without the rows of unordered tables
    rows/<table>.copy      the rows of an unordered table, as COPY writes them
    media/<path>           the uploaded files
    manifest.json          versions, counts, checksums and settings

The manifest is last, so that an archive can be written to a pipe. A file without it is not complete.
"""

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import BinaryIO

from config.backup.manifest import compare, sha256
from config.management.operator_error import OperatorError

FORMAT = 1
DUMP, MANIFEST, MEDIA, ROWS = "database.dump", "manifest.json", "media", "rows"


class Writer:
    """Writes an archive to a file or a pipe. `close` adds the manifest."""

    def __init__(self, out: BinaryIO):
        self.tar = tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self.files: dict[str, dict] = {}

    def add(self, path: Path, name: str) -> bool:
        """Add a file. False if it has been deleted meanwhile. Raises OSError."""
        try:
            source = path.open("rb")
        except FileNotFoundError:
            return False
        with source:
            entry = self.tar.gettarinfo(arcname=name, fileobj=source)
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = ""
            reader = _Hashing(source)
            self.tar.addfile(entry, reader)
        self.files[name] = {"bytes": entry.size, "sha256": reader.sha256.hexdigest()}
        return True

    def close(self, **manifest) -> None:
        text = json.dumps({"format": FORMAT} | manifest | {"files": self.files}, indent=1).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(text)
        self.tar.addfile(entry, io.BytesIO(text))
        self.tar.close()


def extract(path: Path, directory: Path) -> dict:
    """Extract the archive `path` into `directory` and return its manifest.

    Raises OperatorError if it is not an archive, is incomplete, or differs from its manifest.
    """
    found = {}
    try:
        with tarfile.open(path, "r|") as tar:
            for entry in tar:
                tar.extract(entry, directory, filter="data")
                if entry.isfile():
                    found[entry.name] = sha256(directory / entry.name)
    except (OSError, tarfile.TarError) as error:
        raise OperatorError(f"{path} cannot be read as a backup: {error}") from None
    if MANIFEST not in found:
        raise OperatorError(f"{path} is not a complete backup: it has no {MANIFEST} at its end.")
    manifest = json.loads((directory / MANIFEST).read_bytes())
    if manifest.get("format") != FORMAT:
        raise OperatorError(f"{path} has format {manifest.get('format')}, and this version reads {FORMAT}.")
    del found[MANIFEST]
    compare(path, manifest["files"], found)
    return manifest


class _Hashing:
    """A file that hashes all that is read from it."""

    def __init__(self, source: BinaryIO):
        self.source, self.sha256 = source, hashlib.sha256()

    def read(self, size: int) -> bytes:
        data = self.source.read(size)
        self.sha256.update(data)
        return data
