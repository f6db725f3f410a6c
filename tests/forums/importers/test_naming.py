# ruff: noqa: RUF001 (the ambiguous letters are the point)
"""Imported names become valid names that nobody else has."""

from datetime import UTC, datetime

import pytest

from accounts.identity.names import validate_name, validate_not_reserved
from accounts.models import User
from forums.importers.records.records import Member
from forums.importers.writing.names import Names


def named(*names, first=1):
    members = [Member(str(n), name, n, datetime.now(UTC)) for n, name in enumerate(names, first)]
    return Names().of(members)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Grace", "Grace"),
        ("Emmy Noether", "Emmy-Noether"),
        ("  a  b__c. ", "a-b_c"),
        ("Müller", "Müller"),
        ("Олег", "Олег"),
        ("Oлег", "member-1"),
        ("x", "x-1"),
        ("😀", "member-1"),
        ("", "member-1"),
        ("\x00\x1b[31mred", "31mred"),
        ("\ud800abc", "abc"),
        ("A" * 40, "A" * 30),
        ("admin", "member-1"),
        ("Adm1n", "member-1"),
        ("deleted-7", "member-1"),
        ("İstanbul", "stanbul"),
    ],
)
def test_a_name_keeps_what_is_allowed(db, theirs, ours):
    assert named(theirs) == [ours]
    validate_name(ours)
    validate_not_reserved(ours)


def test_taken_names_get_the_members_number(ada, db):
    assert named("ada", "Ben", "BEN", "ben 2", first=5) == ["ada-5", "Ben", "BEN-7", "ben-2"]


def test_where_that_is_taken_too_another_is_found(db):
    assert named("Ben", "Ben-3", "ben", "member-3") == ["Ben", "Ben-3", "member-3", "member-3-4"]


def test_when_all_wishes_are_taken_a_number_is_found(db, ben):
    ben.username = "member-1"
    ben.save()
    assert named("😀") == ["member-1-2"]


def test_a_long_name_keeps_room_for_the_number(db):
    assert named("A" * 30, "A" * 30, first=99) == ["A" * 30, "A" * 26 + "-100"]


def test_nobody_is_called_like_the_staff(db, mod):
    User.objects.create_superuser("Helena")
    assert named("He1ena", "ʜᴇʟᴇɴᴀ", "Irena") == ["member-1", "member-2", "Irena"]


def test_names_that_look_like_ordinary_members_are_kept(ada):
    assert named("A.d.a", "Ađa", "A.da") == ["A.d.a", "Ađa", "A.da"]
