"""Export of all data about a member: a zip of JSON files, and of the files that they uploaded.

Other apps add their part with `register`. accounts imports none of them.
"""

import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from typing import NamedTuple, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, QuerySet
from django.urls import reverse

BYTES = 10_000_000
"""Bytes of JSON in one zip. The request occupies its worker for about a second. A file in the zip links to the rest."""
FILES = 20_000_000
"""Bytes of uploaded files in one zip. They are not compressed again, so they take less time than JSON."""
SMALLEST = 100_000
"""Bytes that each file counts at least, because opening one takes time, too."""
CONTINUED = "next-part.txt"
_parts: dict[str, Callable[..., Iterable[dict]]] = {}
_files: dict[str, Callable[[dict], dict[str, bytes]]] = {}


def register(
    name: str,
    records: Callable[..., Iterable[dict]],
    files: Callable[[dict], dict[str, bytes]] | None = None,
) -> None:
    """Fill `<name>.json` with `records(user)`.

    A queryset of values may have any number of rows: it is read a few at a time, and divided if it is too large for
    one zip. Anything else is written as a whole.

    `files(record)` returns files that belong to a row, by their names in the zip. It may change the record, which
    is written afterwards.
    """
    _parts[name] = records
    if files:
        _files[name] = files


class Place(NamedTuple):
    """Where a zip begins: in the part `name`, after the row with the primary key `row`."""

    name: str
    row: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read what `str` has written. None for anything else."""
        found = re.fullmatch("([a-z_]{1,40})[.](0|[1-9][0-9]{0,17})", text)
        return cls(found[1], int(found[2])) if found and found[1] in _parts else None

    def __str__(self) -> str:
        return f"{self.name}.{self.row}"


def export(user, begin: Place | None = None) -> bytes:
    """Return the zip that begins at `begin`. If it has not everything, the file CONTINUED links to the next one."""
    zipped = BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        if rest := _write(user, begin or Place("", 0), archive):
            address = f"{settings.SITE_URL}{reverse('settings-export')}?after={rest}"
            archive.writestr(
                CONTINUED, f"This is a part of your data. Download the next part here:\n{address}\n"
            )
        elif user.avatar:
            with user.avatar.open() as picture:
                archive.writestr("avatar.webp", picture.read())
    return zipped.getvalue()


def _write(user, begin, archive) -> Place | None:
    """Write the parts from `begin` until BYTES or FILES are used up.

    Returns where the next zip begins, None at the end.
    """
    left = BYTES
    for name, records in sorted(_parts.items()):
        if name < begin.name:
            continue
        if left <= 0:
            return Place(name, 0)
        after = begin.row if name == begin.name else 0
        left, rest = _write_part(archive, name, _rows(records(user), after), left)
        if rest:
            return Place(name, rest)
    return None


def _write_part(archive, name, rows, left) -> tuple[int, int]:
    """Write one part with its files. Returns how many bytes are left, and the last row if others are to follow."""
    files: dict[str, bytes] = {}
    room, rest = FILES, 0
    with archive.open(f"{name}.json", "w") as file:
        separator = b"[\n"
        for row, record in rows:
            found = _files[name](record) if name in _files else {}
            files |= found
            room -= sum(max(SMALLEST, len(content)) for content in found.values())
            text = json.dumps(record, cls=DjangoJSONEncoder, ensure_ascii=False).encode()
            file.write(separator + text)
            separator = b",\n"
            left -= len(text)
            if (left <= 0 or room <= 0) and row:
                rest = row
                break
        file.write(b"[]\n" if separator == b"[\n" else b"\n]\n")
    for path, content in files.items():
        archive.writestr(path, content, zipfile.ZIP_STORED)
    return left, rest


def _rows(records, after) -> Iterator[tuple[int, dict]]:
    """Yield pairs of primary key and record; 0 instead of the key if the records are no queryset."""
    if not isinstance(records, QuerySet):
        yield from ((0, record) for record in records)
        return
    for record in records.filter(pk__gt=after).order_by("pk").annotate(_row=F("pk")).iterator():
        yield record.pop("_row"), record


def _account(user) -> Iterator[dict]:
    emails = (f"email_{word}" for word in ("pace", "replies", "mentions", "watched", "moderation", "events"))
    preferences = ("theme", "time_zone", "comment_sort", "show_presence", *emails)
    yield {
        **{name: getattr(user, name) for name in ("username", "email", "bio", "links", *preferences)},
        "joined_at": user.date_joined,
        "last_sign_in_at": user.last_login,
        "groups": list(user.groups.values_list("name", flat=True)),
    }


def _addresses(user) -> Iterable[dict]:
    return user.emailaddress_set.values("email", "verified", "primary")


def _sessions(user) -> Iterable[dict]:
    return user.usersession_set.values("created_at", "last_seen_at", "ip", "user_agent")


def _sign_in_methods(user) -> Iterable[dict]:
    yield from user.authenticator_set.values("type", "created_at", "last_used_at")
    yield from user.socialaccount_set.values("provider", "uid", "date_joined", "extra_data")


def _ignores(user) -> Iterable[dict]:
    return user.ignores.values("created_at", name=F("ignored__username"))


def _sanctions(user) -> Iterable[dict]:
    return user.sanctions.values("kind", "rule", "reason", "at", "until", "lifted_at")


def _footprints(user) -> Iterator[dict]:
    for step in user.footprints.order_by("first_at"):
        yield {
            "network": str(step.network),
            "device": step.device,
            "first_at": step.first_at,
            "last_at": step.last_at,
        }


def _notes(user) -> Iterator[dict]:
    """The dates of the moderators' notes, without the text. The docstring of `Note` says why."""
    for at in user.notes.order_by("at").values_list("at", flat=True):
        yield {"at": at, "text": "To read this note, ask the people who run this site."}


register("account", _account)
register("addresses", _addresses)
register("sessions", _sessions)
register("sign_in_methods", _sign_in_methods)
register("ignored_members", _ignores)
register("sanctions", _sanctions)
register("signed_in_from", _footprints)
register("notes_of_moderators", _notes)
