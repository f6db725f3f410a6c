"""Static files: their names, and collecting them when one has changed."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):
    """Hashed, compressed names; before anything is collected (tests, runserver), plain ones."""

    manifest_strict = False
    # Our own modules import each other by hashed names. Not others' files: some mention imports in comments only.
    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self._addresses: dict[str, str] = {}

    def url(self, name: str | None, force: bool = False) -> str:
        """Remembered: a page asks for two dozen, and they change with a restart only."""
        if settings.DEBUG or name not in self._addresses:
            self._addresses[name] = super().url(name, force)
        return self._addresses[name]

    def stored_name(self, name: str) -> str:
        try:
            return super().stored_name(name)
        except ValueError:
            return name


def collect() -> None:
    """Bring STATIC_ROOT up to date, which takes seconds, unless nothing has changed since."""
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
