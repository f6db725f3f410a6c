"""Which backups to keep, and where backups lie."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from config.management.operator_error import OperatorError

_NAME = "folkmoot-%Y%m%dT%H%M%SZ.tar"
_PERIODS = {"d": "%Y-%m-%d", "w": "%G-%V", "m": "%Y-%m"}
"""Days, ISO weeks and months, as strftime writes them."""


def path_for(directory: Path, moment: datetime) -> Path:
    return directory / moment.astimezone(UTC).strftime(_NAME)


def backups(directory: Path) -> dict[Path, datetime]:
    """The complete backups in a directory, newest first, with their times."""
    found = {}
    for path in directory.glob("folkmoot-*.tar"):
        try:
            found[path] = datetime.strptime(path.name, _NAME).replace(tzinfo=UTC)
        except ValueError:
            continue  # somebody's own file
    return dict(sorted(found.items(), key=lambda item: item[1], reverse=True))


def age(directory: Path, now: datetime) -> timedelta | None:
    """The age of the newest backup. None if there is none."""
    newest = next(iter(backups(directory).values()), None)
    return now - newest if newest else None


def parse(words: str) -> dict[str, int]:
    """Read "7d4w6m" as {"d": 7, "w": 4, "m": 6}. Raises OperatorError."""
    parts = re.findall(r"(\d+)([dwm])", words)
    if not parts or "".join(map("".join, parts)) != words:
        raise OperatorError(f"{words} is no rule for keeping backups: write for example 7d4w6m.")
    return {unit: int(count) for count, unit in parts}


def superseded(found: dict[Path, datetime], rule: dict[str, int]) -> list[Path]:
    """Backups that `rule` does not keep. It keeps the newest of each of the last days, weeks and months with backups.

    The newest backup of all is always kept.
    """
    kept = set(list(found)[:1])
    for unit, count in rule.items():
        newest_of: dict[str, Path] = {}
        for path, moment in found.items():
            newest_of.setdefault(moment.strftime(_PERIODS[unit]), path)
        kept.update(list(newest_of.values())[:count])
    return [path for path in found if path not in kept]
