"""Finds the files of pictures beside the data of a forum."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from forums.old_addresses import keys

SUFFIXES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".bmp", ".tif", ".tiff", ".heic"}


class PictureFile(Protocol):
    """A file of a picture, or a part of another file."""

    def read_bytes(self) -> bytes: ...


class Archive:
    """The pictures in a directory. An address belongs to the file whose path it ends with.

    So `/uploads/default/original/1X/a.png` is found as `uploads/default/original/1X/a.png` in the directory, or as
    `original/1X/a.png`. A file without a folder is found only for addresses of the forum's own `host`.
    """

    def __init__(self, path: Path, host: str, named: Mapping[str, PictureFile]):
        """`named` are further files by their addresses. It may grow while texts are read."""
        self.host, self._named = host, named
        found = path.rglob("*") if path.is_dir() else ()
        self._files = {
            file.relative_to(path).as_posix(): file
            for file in found
            if file.suffix.lower() in SUFFIXES and file.is_file() and not file.is_symlink()
        }

    def __bool__(self) -> bool:
        return bool(self._files or self._named)

    def find(self, address: str) -> PictureFile | None:
        if address in self._named or not self._files:
            return self._named.get(address)
        parts = unquote(urlsplit(address).path).strip("/").split("/")
        last = len(parts) if keys.host_of(address) == self.host else len(parts) - 1
        names = ("/".join(parts[start:]) for start in range(last))
        return next((self._files[name] for name in names if name in self._files), None)
