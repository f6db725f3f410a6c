"""Runs pg_dump and pg_restore in the version that the server needs."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

from config.engines import postgres
from config.management.operator_error import OperatorError

DEBIAN = Path("/usr/lib/postgresql")
"""Debian installs the programs of each version below this directory."""


def major_version(db: BaseDatabaseWrapper) -> int:
    """The first number of the server's version, such as 18."""
    db.ensure_connection()
    return db.connection.info.server_version // 10_000


def run(
    db: BaseDatabaseWrapper, name: str, *words: str, on_line: Callable[[str], None] = lambda line: None
) -> None:
    """Run the Postgres program `name` on the database of `db`, and call `on_line` for each line of its messages.

    Raises OperatorError with the program's first error if it fails.
    """
    address, variables = db.client.settings_to_cmd_args_env(db.settings_dict, [])
    *options, database = address[1:]
    command = [_program(name, major_version(db)), *options, "--no-password", "-d", database, *words]
    reason = ""
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, errors="replace", env=os.environ | (variables or {})
    ) as process:
        for line in process.stderr:
            on_line(line)
            if not reason and "error:" in line:
                reason = line.strip()
    if process.returncode:
        raise OperatorError(f"{name} failed: {reason or process.returncode}")


def _program(name: str, major: int) -> str:
    """The path of the program in the lowest version that is not older than the server. Raises OperatorError."""
    for path in _installed(name, major):
        if path.exists():
            return str(path)
    raise OperatorError(
        f"{name} {major} is missing, and the server has this version: install postgresql-client-{major}."
    )


def _installed(name: str, major: int) -> Iterator[Path]:
    """Candidates of version `major` or newer. pg_dump refuses servers that are newer than itself."""
    bundled = int(postgres.INSTALLATION.removeprefix("pginstall"))
    found = {int(path.name): path / "bin" / name for path in DEBIAN.glob("[1-9]*") if path.name.isdigit()}
    found.setdefault(bundled, Path(postgres.program(name)))
    return (path for version, path in sorted(found.items()) if version >= major)
