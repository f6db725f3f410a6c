"""Static files: their names, and collecting them when one has changed."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

_OURS = re.compile(r"(js|css)/.+\.(js|css)")
# Comments on lines of their own or at their ends (behind which no quotation closes), blank lines, indentation. No text
# of ours in backquotes spans lines.
_LEFT_OUT = re.compile(r"""^\s*/\*[\s\S]*?\*/\n|^\s*//.*\n|^\s+|[ ]+//[ ][^"'`\n]*$""", re.MULTILINE)


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

    def post_process(self, paths: dict, dry_run: bool = False, **options) -> Iterator:
        """Our own scripts and styles are served without the words that are for whoever changes them: a fifth less to
        fetch. They need no building for that: uncollected, they run as they are."""
        for name in filter(_OURS.fullmatch, list(paths)):
            whole = Path(self.path(name))
            whole.write_text(bare(whole.read_text()))
            paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)

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


def bare(source: str) -> str:
    """A script or sheet of ours without comments and indentation."""
    return _LEFT_OUT.sub("", source)


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
