"""Writes imported members into the database. Nobody can sign in as one of them."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from accounts.models import Trust, User
from forums.importers.records.records import Member
from forums.importers.records.report import Report
from forums.importers.writing import keys
from forums.importers.writing.names import Names
from forums.models import Origin

BATCH_MEMBERS = 1000
"""Members in one transaction."""


def write_members(members: Iterable[Member], kind: str, report: Report) -> dict[str, User]:
    """Create the members who are missing and return all of them by source. They count as `kind` in the report."""
    names, everyone, rest = Names(), {}, iter(members)
    while some := list(islice(rest, BATCH_MEMBERS)):
        known = _known(some)
        new = [member for member in some if member.source not in known]
        made = _make(new, names.of(new))
        everyone |= known | made
        report.added[kind] += len(new)
        report.present[kind] += len(some) - len(new)
        changes = [(member.name, made[member.source].username) for member in new]
        report.renamed += [(old, given) for old, given in changes if old != given]
    return everyone


def _known(members):
    found = Origin.objects.filter(source__in=[member.source for member in members], member__isnull=False)
    return {origin.source: origin.member for origin in found.select_related("member")}


@transaction.atomic
def _make(members, names) -> dict[str, User]:
    users = [
        User(
            pk=pk,
            username=name,
            date_joined=member.joined_at,
            password=make_password(None),
            trust=Trust.MEMBER,  # a member of another forum is not a newcomer
            bio=member.bio,
            links=member.links,
            avatar=_store(member.avatar) if member.avatar else "",
        )
        for member, name, pk in zip(members, names, keys.reserve(User, [m.pk for m in members]), strict=True)
    ]
    User.objects.bulk_create(users)
    made = {member.source: user for member, user in zip(members, users, strict=True)}
    Origin.objects.bulk_create(Origin(source=source, member=user) for source, user in made.items())
    return made


def _store(picture: Path) -> str:
    """Store a picture, whose name stays as it is if it is free, and return its new name."""
    with picture.open("rb") as source:
        return default_storage.save(f"avatars/{picture.parent.name}/{picture.name}", File(source))
