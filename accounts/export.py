"""Everything the site keeps about a member, as a zip of JSON files, written while it is sent.

Other apps add their part with `register`; accounts knows none of them.
"""

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F

_parts: dict[str, Callable[..., Iterable[dict]]] = {}


def register(name: str, records: Callable[..., Iterable[dict]]) -> None:
    """Let `records(user)` fill `<name>.json`. It may yield rows without end: they are never held together."""
    _parts[name] = records


def export(user) -> Iterator[bytes]:
    """The zip in pieces of about 64 KB: a million comments take no more memory than ten."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, records in sorted(_parts.items()):
            # The size is unknown beforehand; forcing zip64 keeps exports over 4 GB readable.
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
    """A file that can only be written to and forgets what has been taken."""

    def __init__(self):
        self._pieces: list[bytes] = []
        self.waiting = 0

    def write(self, piece) -> int:
        self._pieces.append(bytes(piece))
        self.waiting += len(piece)
        return len(piece)

    def flush(self) -> None:
        """zipfile flushes; there is nothing underneath."""

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
    """That there are some; why no more than that, says `Note`."""
    for at in user.notes.order_by("at").values_list("at", flat=True):
        yield {"at": at, "text": "For its text, ask the people who run this site."}


register("account", _account)
register("addresses", _addresses)
register("sessions", _sessions)
register("sign_in_methods", _sign_in_methods)
register("ignored_members", _ignores)
register("sanctions", _sanctions)
register("signed_in_from", _footprints)
register("notes_of_moderators", _notes)
