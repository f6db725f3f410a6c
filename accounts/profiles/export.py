"""Export of all data about a member: a zip of JSON files, created while it is sent.

Other apps add their part with `register`. accounts imports none of them.
"""

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F

_parts: dict[str, Callable[..., Iterable[dict]]] = {}


def register(name: str, records: Callable[..., Iterable[dict]]) -> None:
    """Fill `<name>.json` with `records(user)`. It may yield any number of rows: only one is in memory at a time."""
    _parts[name] = records


def export(user) -> Iterator[bytes]:
    """Yield the zip in pieces of about 64 KB. The memory needed does not grow with the data."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, records in sorted(_parts.items()):
            # The size is not known in advance. Without zip64, a file over 4 GB could not be read.
            with archive.open(f"{name}.json", "w", force_zip64=True) as file:
                for text in _json_array(records(user)):
                    file.write(text.encode())
                    if sink.waiting > 65_536:
                        yield sink.take()
        if user.avatar:
            with user.avatar.open() as picture:
                archive.writestr("avatar.webp", picture.read())
    yield sink.take()


def _json_array(records: Iterable[dict]) -> Iterator[str]:
    separator = "[\n"
    for record in records:
        yield separator + json.dumps(record, cls=DjangoJSONEncoder, ensure_ascii=False)
        separator = ",\n"
    yield "[]\n" if separator == "[\n" else "\n]\n"


class _Sink:
    """A write-only file whose content is removed piece by piece with `take`."""

    def __init__(self):
        self._pieces: list[bytes] = []
        self.waiting = 0

    def write(self, piece) -> int:
        self._pieces.append(bytes(piece))
        self.waiting += len(piece)
        return len(piece)

    def flush(self) -> None:
        """zipfile calls it; there is nothing to flush."""

    def take(self) -> bytes:
        taken, self._pieces, self.waiting = b"".join(self._pieces), [], 0
        return taken


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
