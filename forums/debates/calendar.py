"""Writes a debate as a file for calendars: iCalendar, RFC 5545."""

import re
from datetime import UTC, datetime

from django.conf import settings

from forums.models import Debate

LINE = 75
"""Octets in a line. A longer line continues in the next (3.1)."""


def file(debate: Debate) -> bytes:
    """Return the file with one event. Its `SEQUENCE` grows when the debate is moved, so that calendars move it too."""
    address = f"{settings.SITE_URL}{debate.topic.get_absolute_url()}"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{escaped(settings.SITE_NAME)}//Debates//EN",
        "BEGIN:VEVENT",
        f"UID:debate-{debate.name}@{settings.SITE_URL.split('://', 1)[-1]}",
        f"DTSTAMP:{_stamp(debate.announced_at)}",
        f"DTSTART:{_stamp(debate.starts_at)}",
        f"DTEND:{_stamp(debate.over_at)}",
        f"SEQUENCE:{debate.revision}",
        f"SUMMARY:{escaped(debate.topic.title)}",
        f"DESCRIPTION:{escaped(debate.question)}",
        f"URL:{address}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:-PT15M",
        f"DESCRIPTION:{escaped(debate.topic.title)}",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line.encode()) for line in lines)


def escaped(text: str) -> str:
    """Escape a TEXT value (3.3.11). Control characters, which it cannot hold, are left out."""
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text.replace("\r\n", "\n"))
    for character in "\\;,":
        text = text.replace(character, f"\\{character}")
    return text.replace("\n", "\\n")


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%S}Z"


def _folded(line: bytes) -> bytes:
    """Fold a long line: each further line starts with a space. Never cuts a character. Lines end in CR LF."""
    folded = b""
    while len(line) > LINE:
        cut = LINE
        while line[cut] & 0xC0 == 0x80:
            cut -= 1
        folded += line[:cut] + b"\r\n"
        line = b" " + line[cut:]
    return folded + line + b"\r\n"
