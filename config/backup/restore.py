"""Restores a backup, and verifies one by restoring it into a scratch database."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from config.backup import archive, postgres_programs, tables
from config.backup.archive import DUMP, MEDIA, ROWS
from config.backup.tables import Content
from config.management.operator_error import OperatorError

SCRATCH = "folkmoot_scratch"
"""The name of the scratch database."""
_after: list[Callable[[], str]] = []


def register_after(step: Callable[[], str]) -> None:
    """Call `step` after each restore of this site's database. It returns a sentence for the operator."""
    _after.append(step)


def steps_after() -> list[Callable[[], str]]:
    return list(_after)


@contextmanager
def opened(path: Path) -> Iterator[tuple[dict, Path]]:
    """Extract an archive below DATA_DIR; yield its manifest and its directory. Raises OperatorError."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="restore-", dir=settings.DATA_DIR) as directory:
        manifest = archive.extract(path, Path(directory))
        loader = MigrationLoader(None, ignore_no_migrations=True)
        known = {".".join(name) for name in loader.disk_migrations}
        known |= {
            f"{app}.{name}" for (app, _), each in loader.disk_migrations.items() for _, name in each.replaces
        }
        if unknown := sorted(set(manifest["migrations"]) - known):
            raise OperatorError(
                f"{path} is of a newer Folkmoot, which has the migration {unknown[0]}: upgrade first."
            )
        yield manifest, Path(directory)


def fill(db: BaseDatabaseWrapper, manifest: dict, directory: Path) -> None:
    """Restore the database of an extracted archive into `db`, which must have no tables. Raises OperatorError.

    If it fails, the database is empty again.
    """
    if manifest["postgres"] > (major := postgres_programs.major_version(db)):
        raise OperatorError(
            f"The backup is of Postgres {manifest['postgres']}, and this server is older ({major})."
        )
    restore = [
        "--no-owner",
        "--no-privileges",
        "--single-transaction",
        "--exit-on-error",
        str(directory / DUMP),
    ]
    try:
        postgres_programs.run(db, "pg_restore", "--section=pre-data", "--section=data", *restore)
        _copy_rows(db, manifest["unordered"], directory / ROWS)
        postgres_programs.run(db, "pg_restore", "--section=post-data", *restore)
    except BaseException:
        empty(db)
        raise


def empty(db: BaseDatabaseWrapper) -> None:
    """Drop everything in the schema `public`."""
    with db.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS public CASCADE")
        cursor.execute("CREATE SCHEMA public")


def differences(db: BaseDatabaseWrapper, manifest: dict) -> list[str]:
    """Compare the tables of `db` with the manifest. Returns a sentence for each that differs; reads all rows."""
    found = dict(tables.contents(db))
    listed = {name: Content(**content) for name, content in manifest["tables"].items()}
    missing = Content(0, "missing")
    return [
        f"{name} differs: {listed.get(name, missing).rows:,} rows in the backup, "
        f"{found.get(name, missing).rows:,} in the database."
        for name in sorted(listed.keys() | found)
        if listed.get(name) != found.get(name)
    ]


def extent(manifest: dict) -> str:
    """How much a backup has, for people: "9,627 rows in 54 tables"."""
    rows = sum(table["rows"] for table in manifest["tables"].values())
    return f"{rows:,} rows in {len(manifest['tables'])} tables"


def replace_media(directory: Path) -> int:
    """Put the media of an extracted archive in the place of the site's. Returns the number of files."""
    restored = directory / MEDIA
    restored.mkdir(exist_ok=True)
    count = sum(path.is_file() for path in restored.rglob("*"))
    settings.MEDIA_ROOT.parent.mkdir(parents=True, exist_ok=True)
    previous = directory / "previous"
    if settings.MEDIA_ROOT.exists():
        shutil.move(settings.MEDIA_ROOT, previous)
    shutil.move(restored, settings.MEDIA_ROOT)
    return count


@contextmanager
def scratch_database() -> Iterator[BaseDatabaseWrapper]:
    """Create an empty database on the site's server, and drop it at the end."""
    site, scratch = connection.copy(), connection.copy()
    scratch.settings_dict["NAME"] = SCRATCH
    try:
        with site.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {SCRATCH} TEMPLATE template0")
        yield scratch
    finally:
        scratch.close()
        with site.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)")
        site.close()


def _copy_rows(db, unordered, directory):
    for table, names in unordered.items():
        columns = ", ".join(map(db.ops.quote_name, names))
        with (
            db.cursor() as cursor,
            (directory / f"{table}.copy").open("rb") as source,
            cursor.copy(f"COPY {tables.quoted(db, table)} ({columns}) FROM STDIN") as copy,
        ):
            while data := source.read(1 << 16):
                copy.write(data)
