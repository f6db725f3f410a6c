"""A copy of the Postgres binaries that the account `nobody` can run, wherever the project is installed."""

import os
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

from config.engines import daemons
from config.management.operator_error import OperatorError

# Only root can write there, and no clean-up of temporary files deletes from there while the server runs.
CACHE = Path("/var/cache/folkmoot")


def make(package: str, installation: str) -> Path:
    """Return a directory laid out like site-packages, made by the first call on this machine. Only for root.

    It holds `package/installation` and the package's shared libraries, which the programs find by relative
    path. The name carries the version, so an upgrade makes a new copy. Raises OperatorError when it cannot be written.
    """
    copy = CACHE / f"{package}-{version(package)}"
    if not copy.exists():
        site_packages = Path(daemons.binary(package, "..")).resolve()
        try:
            _copy(site_packages, [f"{package}/{installation}", f"{package}.libs"], copy)
        except OSError as error:
            raise OperatorError(
                f"{copy} cannot be written ({error.strerror or error}): make {CACHE.parent} writable, "
                "start this as an ordinary user, or set DATABASE_URL."
            ) from None
    return copy


def _copy(site_packages: Path, parts: list[str], copy: Path) -> None:
    """Copy beside the final place and rename, so that no process ever sees half a copy."""
    CACHE.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f"{copy.name}.", dir=CACHE))
    try:
        for part in parts:
            if (site_packages / part).exists():
                shutil.copytree(
                    site_packages / part,
                    draft / part,
                    ignore=shutil.ignore_patterns("include", "__pycache__"),
                )
        for path in (CACHE, draft, *draft.rglob("*")):  # a strict umask must not keep `nobody` out
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        try:
            draft.rename(copy)
        except OSError:
            if not copy.exists():  # otherwise another process was faster, and its copy is the same
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
