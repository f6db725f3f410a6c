"""Reads the headers of one message: who wrote it, when, and what it answers."""

import re
from base64 import b32encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message as Mail
from email.parser import BytesHeaderParser
from email.utils import parseaddr, parsedate_to_datetime
from hashlib import sha1, sha256
from html import unescape

from forums.importers.mbox.charsets import decoded_header
from forums.importers.mbox.files import Place
from forums.importers.records.fields import Broken

MASKED = re.compile(r"([\w.+=-]+) (?:at|\(at\)) ([\w-]+(?:\.[\w-]+)+)")
"""An address as archives show it."""
IDS = re.compile(r"<([^<>\s]+)>")
ANSWERED = re.compile(r"(?i)^\s*(?:re|aw|sv|antw|rép|fwd?|tr)(?:\[\d+\])?\s*:\s*")
NO_SUBJECT = "(no subject)"
TAG = re.compile(r"^\s*\[([^\[\]]{1,60})\]\s*")


@dataclass(slots=True)
class Message:
    place: Place
    key: str
    """A hash of the Message-ID."""
    archived_as: str
    """The hash of the Message-ID in addresses of HyperKitty; "" for a message without one."""
    author: str
    """A hash of the author's address, which is not stored."""
    name: str
    at: datetime
    subject: str
    """On one line, with all marks."""
    answered: list[str] = field(default_factory=list)
    """Keys of the messages that it names, the one it answers last."""
    parent: "Message | None" = None

    @property
    def is_marked(self) -> bool:
        """Whether the subject begins with "Re:", before or after the list's tag."""
        return ANSWERED.match(TAG.sub("", self.subject)) is not None

    @property
    def is_reply(self) -> bool:
        return bool(self.answered) or self.is_marked


def read(place: Place) -> Message:
    """Read the headers. Raises Broken."""
    raw = place.read()
    mail = BytesHeaderParser().parsebytes(raw)
    name, address = _author(mail)
    own = [each.encode("utf-8", "surrogateescape") for each in IDS.findall(str(mail.get("Message-ID", "")))]
    references = IDS.findall(str(mail.get("References", "")))
    # In-Reply-To may also hold words and addresses.
    answered = [*references, *IDS.findall(str(mail.get("In-Reply-To", "")))[:1]]
    return Message(
        place=place,
        key=key_of(own[0] if own else raw),
        archived_as=b32encode(sha1(own[0], usedforsecurity=False).digest()).decode() if own else "",
        author=key_of(address.encode("utf-8", "surrogateescape")),
        name=name,
        at=_time(mail),
        subject=" ".join(decoded_header(mail.get("Subject")).split()),
        answered=[key_of(each.encode("utf-8", "surrogateescape")) for each in answered],
    )


def without_marks(subject: str, tag: str) -> str:
    """Return the subject without the list's tag and "Re:"."""
    previous = None
    while subject != previous:
        previous = subject
        subject = ANSWERED.sub("", subject)
        if (found := TAG.match(subject)) and found[1].casefold() == tag.casefold():
            subject = subject[found.end() :]
    return "" if subject.strip().casefold() == NO_SUBJECT else subject.strip()


def _author(mail: Mail) -> tuple[str, str]:
    header = MASKED.sub(r"\1@\2", str(mail.get("From", "")))
    name, address = parseaddr(header)
    if "@" not in address:
        raise Broken("it has no author")
    name = " ".join(unescape(decoded_header(name)).split()).strip("\"'")
    return name or address.partition("@")[0], address.lower()


def _time(mail: Mail) -> datetime:
    try:
        at = parsedate_to_datetime(str(mail.get("Date", "")))
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise Broken("it has no time") from None


def key_of(value: bytes) -> str:
    """Return what distinguishes a Message-ID or an address without naming it."""
    return sha256(value).hexdigest()[:40]
