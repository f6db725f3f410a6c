"""Collecting static files, which takes seconds, only when one of them has changed."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def collect() -> None:
    """Bring STATIC_ROOT up to date: hashed names, compressed."""
    note = settings.STATIC_ROOT / ".collected"
    now = _fingerprint()
    if note.exists() and note.read_text() == now:
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    note.write_text(now)


def _fingerprint() -> str:
    """Names, sizes and times of all static files, and how they are stored, as one number."""
    seen = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            seen.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return seen.hexdigest()
