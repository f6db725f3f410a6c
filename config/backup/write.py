"""Writes a backup while the site runs. Everything from the database is of one moment."""

import os
import platform
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import django
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from config.backup import archive, postgres_programs, tables
from config.backup.archive import DUMP, MEDIA, ROWS

Progress = Callable[[str, int, int], None]
"""Called with the name of a step, the number of parts that are done, and the number of all."""
SECRET = ("KEY", "SECRET", "PASSWORD", "TOKEN", "_URL", "OIDC")
"""Settings whose names contain one of these stay out of the archive: they are secrets, or may contain a password."""


def write(out: BinaryIO, progress: Progress) -> None:
    """Write an archive of the whole site to `out`.

    The database is read under one snapshot, so nobody has to stop writing. Needs free space for the dump in the
    directory for temporary files (TMPDIR). Raises OperatorError or OSError.
    """
    writer = archive.Writer(out)
    with tempfile.TemporaryDirectory(prefix="folkmoot-backup-") as directory:
        database = _dump(Path(directory), progress)
        for path in sorted(Path(directory).rglob("*")):
            if path.is_file():
                writer.add(path, path.relative_to(directory).as_posix())
    # After the database: a file that is added meanwhile does no harm, and one that is deleted has lost its row.
    media = sorted(path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file())
    for done, path in enumerate(media):
        progress("media", done, len(media))
        writer.add(path, f"{MEDIA}/{path.relative_to(settings.MEDIA_ROOT).as_posix()}")
    writer.close(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        python=platform.python_version(),
        django=django.get_version(),
        **database,
        settings=public_settings(),
    )


def public_settings() -> dict[str, str]:
    """The settings in the environment that are no secrets, by name."""
    known = {name for name in dir(settings) if name.isupper()} | {"FOLKMOOT_DATA", "LOG_LEVEL"}
    return {
        name: value
        for name, value in sorted(os.environ.items())
        if name in known and not any(word in name for word in SECRET)
    }


@transaction.atomic
def _dump(directory: Path, progress: Progress) -> dict:
    """Write the dump and the unordered rows into `directory`. Returns the part of the manifest about them."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
    total = len(tables.names(connection))
    contents = {}
    for table, content in tables.contents(connection):
        progress("counting", len(contents), total)
        contents[table] = content._asdict()
    _copy_rows(directory / ROWS)
    dumped = 0

    def count(line: str) -> None:
        nonlocal dumped
        dumped += "dumping contents of table" in line
        progress("dumping", dumped, total)

    postgres_programs.run(
        connection, "pg_dump", "--verbose", "--format=custom", "--no-owner", "--no-privileges",
        f"--snapshot={snapshot}", f"--file={directory / DUMP}",
        *(f"--exclude-table-data=public.{table}" for table in tables.unordered()),
        on_line=count,
    )  # fmt: skip
    return {
        "postgres": postgres_programs.major_version(connection),
        "migrations": sorted(".".join(name) for name in MigrationRecorder(connection).applied_migrations()),
        "tables": contents,
        "unordered": {table: tables.columns(connection, table) for table in tables.unordered()},
    }


def _copy_rows(directory: Path) -> None:
    directory.mkdir()
    for table in tables.unordered():
        names = ", ".join(map(connection.ops.quote_name, tables.columns(connection, table)))
        rows = f"SELECT {names} FROM {tables.quoted(connection, table)} ORDER BY 1"
        with (
            connection.cursor() as cursor,
            (directory / f"{table}.copy").open("wb") as out,
            cursor.copy(f"COPY ({rows}) TO STDOUT") as copy,
        ):
            for data in copy:
                out.write(data)
