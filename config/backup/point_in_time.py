"""Recovery of the embedded Postgres to a point in time: a base backup, and the log that Postgres archives after it."""

import os
import shlex
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from config.engines import postgres
from config.engines.directories import Directories
from config.management.operator_error import OperatorError


def base_backup(path: Path) -> None:
    """Copy the running cluster into the new directory `path`. Raises OperatorError."""
    _refuse_without_archive()
    if path.exists():
        raise OperatorError(f"{path} exists: name a new directory.")
    host = str(Directories(settings.DATA_DIR).sockets)
    command = [
        postgres.program("pg_basebackup"),
        "-h",
        host,
        "-U",
        postgres.USER,
        "-D",
        str(path),
        "-c",
        "fast",
    ]
    done = subprocess.run([*command, "-X", "none"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise OperatorError(f"The base backup failed: {done.stderr.strip().splitlines()[-1]}")


def prepare_recovery(base: Path, until: datetime) -> Path:
    """Put a copy of the base backup in the place of the cluster, which must not run. Returns where the old one is now.

    The next start replays the archived log up to `until`. Raises OperatorError.
    """
    _refuse_without_archive()
    if not (base / "backup_label").exists():
        raise OperatorError(f"{base} is not a base backup: name a directory that `base_backup` has written.")
    directories = Directories(settings.DATA_DIR)
    if postgres.process(directories):
        raise OperatorError("The embedded Postgres is running: stop the site first.")
    draft = directories.engines / "postgres.recovered"
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(base, draft, symlinks=True)
    restore = f"cp {shlex.quote(str(Path(settings.WAL_DIRECTORY).absolute()))}/%f %p"
    lines = {
        "restore_command": restore,
        "recovery_target_time": until.astimezone(UTC).isoformat(),
        "recovery_target_action": "promote",
        "hot_standby": "off",  # nobody reads before the end
    }
    with (draft / "postgresql.auto.conf").open("a") as options:
        options.writelines(
            "{} = '{}'\n".format(name, value.replace("'", "''")) for name, value in lines.items()
        )
    (draft / "recovery.signal").touch()
    postgres.give_to_server(draft)
    old = directories.engines / f"postgres.before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    directories.postgres.rename(old)
    draft.rename(directories.postgres)
    return old


def _refuse_without_archive() -> None:
    if os.environ.get("DATABASE_URL"):
        raise OperatorError("This is for the embedded Postgres. Use pg_basebackup for your own server.")
    if not settings.WAL_DIRECTORY:
        raise OperatorError("Postgres archives nothing: name a directory on another disk in WAL_DIRECTORY.")
