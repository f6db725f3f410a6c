"""Reads and checks fields of foreign records: JSON values and XML attributes alike."""

import re
from datetime import UTC, datetime
from html import escape

from forums import markup

LARGEST = 2**31 - 1
LONGEST_TITLE = 200
MARKUP = re.compile(r"[\\`*_\[\]<>@|~&]")
"""Characters that Markdown does not show as they are."""


class Broken(Exception):
    """A record cannot be understood. The message says why."""


def number(record: dict, name: str, *, least: int = 0) -> int:
    """Read an integer, or its digits, from `least` to the greatest value of a database column."""
    value = record.get(name)
    try:
        found = int(value) if isinstance(value, int | str) else None
    except ValueError:
        found = None
    if found is None or isinstance(value, bool) or not least <= found <= LARGEST:
        raise Broken(f"{name} is {_shown(value)} instead of a number")
    return found


def text(record: dict, name: str) -> str:
    """Read a text."""
    value = record.get(name)
    if not isinstance(value, str):
        raise Broken(f"{name} is {_shown(value)} instead of a text")
    return value


def moment(record: dict, name: str) -> datetime:
    """Read a time. Without a zone it is in UTC."""
    value = record.get(name)
    try:
        at = datetime.fromisoformat(value)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        raise Broken(f"{name} is {_shown(value)} instead of a time") from None


def title(value) -> str:
    """Return a title as one line of at most `LONGEST_TITLE` characters."""
    try:
        line = " ".join(markup.clean(value[: markup.LONGEST]).split())
    except (TypeError, ValueError):
        raise Broken(f"the title is {_shown(value)}") from None
    return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1]}…"


def signed(text: str, name, *, is_html: bool) -> str:
    """Return the text with its author's name below it, because the account was deleted on the other site."""
    if not isinstance(name, str) or not name.strip() or not text:
        return text
    line = " ".join(name.split())[:60]
    if is_html:
        return f"{text}\n<p>— {escape(line)}</p>"
    return f"{text}\n\n— " + MARKUP.sub(r"\\\g<0>", line)


def optional(read, record: dict, name: str, **limits):
    """Return `read(record, name)`, or None if the field is missing or null."""
    return None if record.get(name) is None else read(record, name, **limits)


def _shown(value) -> str:
    shown = "missing" if value is None else ascii(value)
    return shown if len(shown) <= 40 else f"{shown[:39]}…"
