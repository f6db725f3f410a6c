"""Writes imported members into the database. Nobody can sign in as one of them."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from accounts.models import Trust, User
from forums.importers.records import keys
from forums.importers.records.records import Member
from forums.importers.records.report import Report
from forums.importers.texts.links import Links
from forums.importers.writing.names import Names
from forums.importers.writing.old_addresses import OldAddresses
from forums.models import Origin

BATCH_MEMBERS = 1000
"""Members in one transaction."""


def write_members(
    members: Iterable[Member],
    kind: str,
    report: Report,
    links: Links,
    old_addresses: OldAddresses,
    *,
    is_rehearsal: bool = False,
) -> dict[str, User]:
    """Create the members who are missing and return all of them by source. They count as `kind` in the report.

    The first import with staff makes the group of those who were staff there. Later ones add only new members, because
    an administrator may have taken others out. A rehearsal returns users that are not stored.
    """
    group = _group_of(old_addresses.host)
    is_grouped = Group.objects.filter(name=group).exists()
    names, everyone, rest = Names(), {}, iter(members)
    while some := list(islice(rest, BATCH_MEMBERS)):
        known = _known(some)
        new = [member for member in some if member.source not in known]
        made = (_users if is_rehearsal else _make)(new, names.of(new))
        everyone |= known | made
        addresses = [(key, everyone[member.source]) for member in some for key in member.addresses]
        links.add((key, user.get_absolute_url()) for key, user in addresses)
        found = {member.source for member in some if member.is_staff}
        staff = [user for source, user in (made if is_grouped else known | made).items() if source in found]
        report.staff += [user.username for user in staff]
        if staff and not is_rehearsal:
            Group.objects.get_or_create(name=group)[0].user_set.add(*staff)
        later = [known[source].pk for source in found & known.keys()] if is_grouped else []
        others = User.objects.filter(pk__in=later).exclude(groups__name=group).order_by("pk")
        report.ungrouped += others.values_list("username", flat=True) if later else []
        if not is_rehearsal:
            old_addresses.store("member", [(key, user.pk) for key, user in addresses])
        report.added[kind] += len(new)
        report.present[kind] += len(some) - len(new)
        changes = [(member.name, made[member.source].username) for member in new]
        report.renamed += [(old, given) for old, given in changes if old != given]
    return everyone


def _group_of(host: str) -> str:
    """Return the name of the group of the staff there. It has no rights: a name alone does not prove who comes."""
    return f"Staff of {host or 'the old forum'}"


def _known(members):
    found = Origin.objects.filter(source__in=[member.source for member in members], member__isnull=False)
    return {origin.source: origin.member for origin in found.select_related("member")}


def _users(members, names) -> dict[str, User]:
    return {
        member.source: User(
            username=name,
            date_joined=member.joined_at,
            password=make_password(None),
            trust=Trust.MEMBER,  # a member of another forum is not a newcomer
            bio=member.bio,
            links=member.links,
        )
        for member, name in zip(members, names, strict=True)
    }


@transaction.atomic
def _make(members, names) -> dict[str, User]:
    made = _users(members, names)
    reserved = keys.reserve(User, [member.pk for member in members])
    for member, pk in zip(members, reserved, strict=True):
        user = made[member.source]
        user.pk, user.avatar = pk, _store(member.avatar) if member.avatar else ""
    User.objects.bulk_create(made.values())
    Origin.objects.bulk_create(Origin(source=source, member=user) for source, user in made.items())
    return made


def _store(picture: Path) -> str:
    """Store a picture, whose name stays as it is if it is free, and return its new name."""
    with picture.open("rb") as source:
        return default_storage.save(f"avatars/{picture.parent.name}/{picture.name}", File(source))
