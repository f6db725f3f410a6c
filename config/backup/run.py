"""Makes a backup in a directory, as the command and the scheduled task do."""

import os
from datetime import UTC, datetime
from pathlib import Path

from config.backup import retention
from config.backup.write import Progress, write


def into_directory(
    directory: Path, keep: str = "", progress: Progress = lambda *parts: None
) -> tuple[Path, list[Path]]:
    """Write a backup into `directory`, then delete those that `keep`, such as "7d4w6m", does not keep.

    Returns the new archive and the deleted ones. Raises OperatorError or OSError; the old ones then stay.
    """
    rule = retention.parse(keep) if keep else None
    directory.mkdir(parents=True, exist_ok=True)
    path = retention.path_for(directory, datetime.now(UTC))
    into_file(path, progress)
    deleted = retention.superseded(retention.backups(directory), rule) if rule else []
    for old in deleted:
        old.unlink()
    return path, deleted


def into_file(path: Path, progress: Progress = lambda *parts: None) -> None:
    """Write a backup that only its owner may read. It gets its name when it is complete and on the disk."""
    draft = path.with_name(f"{path.name}.partial")
    try:
        draft.touch(mode=0o600)
        with draft.open("wb") as out:
            write(out, progress)
            out.flush()
            os.fsync(out.fileno())
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
