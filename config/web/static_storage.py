"""Static files: their hashed names, and collecting them after a change."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from rjsmin import jsmin
from whitenoise.storage import CompressedManifestStaticFilesStorage

_OURS = re.compile(r"(js|css)/.+\.(js|css)")
_SPACE = r"(?:\s|/\*(?:(?!\*/)[\s\S])*\*/)"
_MEANS_NOTHING = re.compile(
    rf"""("[^"]*"|'[^']*')|;?{_SPACE}*(}}){_SPACE}*|{_SPACE}*([{{;,>]){_SPACE}*|(:){_SPACE}+|{_SPACE}+"""
)
"""In a style sheet: comments, white space around the signs in groups, and the semicolon before a brace. Texts stay."""
_IMPORTS = (
    (
        r"""(?P<matched>import\s*(?P<names>{[^}]*})\s*from\s*["'](?P<url>\.[^"']*)["'])""",
        'import%(names)sfrom"%(url)s"',
    ),
    (r"""(?P<matched>import\(\s*["'](?P<url>\.[^"']*)["']\s*\))""", 'import("%(url)s")'),
)
"""The two forms in which our scripts import each other, each with the text that replaces it."""


class Storage(CompressedManifestStaticFilesStorage):
    """Hashed, compressed names. Plain names while nothing is collected (tests, runserver)."""

    manifest_strict = False
    # Only for our own scripts. Django can rewrite imports in all scripts, but some foreign ones mention files that
    # do not exist in their comments, and collecting then fails.
    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", _IMPORTS))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self._addresses: dict[str, str] = {}

    def post_process(self, paths: dict, dry_run: bool = False, **options) -> Iterator:
        """Remove comments and white space from our own scripts and styles: a fifth less to download.

        There is no build step for it. Uncollected files work as they are.
        """
        for name in filter(_OURS.fullmatch, list(paths)):
            file = Path(self.path(name))
            file.write_text(minify(file))
            paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)

    def url(self, name: str | None, force: bool = False) -> str:
        """Cached, because a page needs two dozen of them and they change only with a restart."""
        if settings.DEBUG or name not in self._addresses:
            self._addresses[name] = super().url(name, force)
        return self._addresses[name]

    def file_hash(self, name: str, content=None) -> str | None:
        """Eight digits, because scripts name each other and digits cannot be compressed."""
        digits = super().file_hash(name, content)
        return digits and digits[:8]

    def stored_name(self, name: str) -> str:
        try:
            return super().stored_name(name)
        except ValueError:
            return name


def minify(file: Path) -> str:
    """One of our scripts or styles without comments and the white space that means nothing."""
    source = file.read_text()
    if file.suffix == ".js":
        return jsmin(source)
    return _MEANS_NOTHING.sub(lambda found: "".join(filter(None, found.groups())) or " ", source).strip()


def collect(*, keeps_old: bool = False) -> None:
    """Bring STATIC_ROOT up to date. Takes seconds, unless nothing has changed.

    Pages that are open or cached need the old files for a while, so a reload keeps them until the next start.
    """
    if not is_collected():
        call_command("collectstatic", verbosity=0, interactive=False, clear=not keeps_old)
        _marker().write_text(fingerprint())


def is_collected() -> bool:
    """Whether `collect` has collected the static files as they are now."""
    return _marker().exists() and _marker().read_text() == fingerprint()


def _marker():
    return settings.STATIC_ROOT / ".collected"


def fingerprint() -> str:
    """A hash of the names, sizes and times of all static files, and of the storage setting."""
    seen = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            seen.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return seen.hexdigest()
