"""The formats that can be imported, and which of them a path holds."""

from collections.abc import Mapping
from pathlib import Path

from config.management.operator_error import OperatorError
from forums.importers.discourse import dump as discourse
from forums.importers.folkmoot import dump as folkmoot
from forums.importers.mbox import dump as mbox
from forums.importers.phpbb import dump as phpbb
from forums.importers.records.report import Report
from forums.importers.stackexchange import dump as stackexchange

FORMATS: Mapping = {
    "folkmoot": folkmoot.Dump,
    "stackexchange": stackexchange.Dump,
    "discourse": discourse.Dump,
    "mbox": mbox.Dump,
    "phpbb": phpbb.Dump,
}
"""Asked in this order whether they recognise a path."""


def detect(path: Path) -> str:
    """Return the name of the format that `path` holds. Raises OperatorError if it holds none."""
    if not path.exists():
        raise OperatorError(f"{path} does not exist. Name the directory or file that holds the data.")
    try:
        found = next((name for name, dump in FORMATS.items() if dump.recognises(path)), None)
    except OSError as error:
        raise OperatorError(f"{path} cannot be read ({error.strerror}).") from None
    if found is None:
        raise OperatorError(
            f"{path} holds none of these formats: {', '.join(sorted(FORMATS))}. Name the directory or file that holds "
            "the data, or its format with --format."
        )
    return found


def open_dump(name: str, path: Path, report: Report):
    """Return the reader of the data in `path`. Raises OperatorError if it cannot be read."""
    try:
        if path.exists():
            return FORMATS[name](path, report)
    except OSError as error:
        raise OperatorError(f"{path} cannot be read ({error.strerror}).") from None
    raise OperatorError(f"{path} does not exist. Name the directory or file that holds the data.")
