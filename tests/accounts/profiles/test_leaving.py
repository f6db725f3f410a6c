import io
import json
import zipfile
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from accounts.models import FreedName, Ignore, User
from accounts.profiles import deletion, export
from accounts.sign_in.adapter import MemberAdapter
from accounts.tasks import forget_addresses
from tests.cast import member

EXPORT, DELETE = "/accounts/settings/export/", "/accounts/settings/delete/"


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def unpacked(data: bytes) -> dict:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_export_holds_what_the_site_knows_about_the_member_and_about_nobody_else(
    ada, ben, signed_in_by_password, monkeypatch
):
    monkeypatch.setattr(export, "_parts", dict(export._parts))
    export.register("bees", lambda user: ({"number": number, "of": user.username} for number in range(3)))
    ada.avatar.save("x", ContentFile(b"a picture"))
    ada.ignore(ben)
    answer = signed_in_by_password(ada).post(EXPORT)
    files = unpacked(answer.content)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="Ada-')
    assert files.pop("avatar.webp") == b"a picture"
    told = {name: json.loads(text) for name, text in files.items()}
    assert told["account.json"][0]["username"] == "Ada"
    assert told["account.json"][0]["email"] == "ada@example.org"
    assert told["addresses.json"] == [{"email": "ada@example.org", "verified": True, "primary": True}]
    assert [ignored["name"] for ignored in told["ignored_members.json"]] == ["Ben"]
    assert len(told["sessions.json"]) == 1
    assert told["sign_in_methods.json"] == []
    assert told["bees.json"] == [{"number": number, "of": "Ada"} for number in range(3)]
    assert b"ben@example.org" not in b"".join(files.values())
    assert b"password" not in b"".join(files.values())


def test_a_large_export_comes_in_parts_that_link_to_the_next(ada, signed_in_by_password, monkeypatch):
    monkeypatch.setattr(export, "BYTES", 60)
    groups = Group.objects.bulk_create(Group(name=f"Bees {number}") for number in range(10))
    small = lambda user: ({"number": number} for number in range(20))  # noqa: E731
    hives = lambda user: Group.objects.filter(name__startswith="Bees").values("name")  # noqa: E731
    monkeypatch.setattr(export, "_parts", {"account": small, "hives": hives, "wings": small})
    browser, address, found, parts = signed_in_by_password(ada), EXPORT, {}, 0
    while address:
        assert browser.get(address).status_code == 200
        files = unpacked(browser.post(address).content)
        link = files.pop("next-part.txt", b"").decode().partition(settings.SITE_URL)[2].strip()
        for name, text in files.items():
            found[name] = found.get(name, []) + json.loads(text)
        address, parts = link, parts + 1
    assert found == {
        "account.json": [{"number": number} for number in range(20)],
        "hives.json": [{"name": group.name} for group in groups],
        "wings.json": [{"number": number} for number in range(20)],
    }
    assert parts == 4
    assert browser.get(f"{EXPORT}?after=hives").status_code == 400


@pytest.mark.parametrize("path", [EXPORT, DELETE])
def test_both_ask_for_the_password_again(ada, client, with_password, enter, path):
    with_password(ada)
    enter(client, "Ada")
    assert client.get(path).url == f"/accounts/reauthenticate/?next={path.replace('/', '%2F')}"
    assert client.post(path).url == f"/accounts/reauthenticate/?next={path.replace('/', '%2F')}"


@pytest.mark.parametrize("path", [EXPORT, DELETE])
def test_whoever_has_no_password_proves_it_by_a_code_in_the_mail(ada, sign_in, code, path):
    browser, then = sign_in(ada), f"?next={path.replace('/', '%2F')}"
    asked = browser.get(path).url
    assert asked == f"/accounts/reauthenticate/code/{then}"
    assert "Send me a code" in browser.get(asked).text
    [address] = browser.get(asked).context["form"].fields["recipient"].choices
    sent = browser.post(asked, {"recipient": address[0], "next": path})
    assert (sent.status_code, sent.url) == (302, f"/accounts/reauthenticate/code/confirm/{then}")
    page = browser.get(sent.url).text
    assert "Is it you?" in page and "ada@example.org" in page
    assert browser.post(sent.url, {"code": "WRONG-CODE", "next": path}).status_code == 200
    assert browser.get(path).status_code == 302
    assert browser.post(sent.url, {"code": code(), "next": path}).url == path
    assert browser.get(path).status_code == 200


def test_leaving_empties_the_row_and_ends_every_session(
    ada, ben, signed_in_by_password, enter, monkeypatch, django_capture_on_commit_callbacks
):
    told = []
    monkeypatch.setattr(deletion, "_parts", [])
    deletion.register(lambda user: told.append(user.username))
    ada.avatar.save("x", ContentFile(b"a picture"))
    User.objects.filter(pk=ada.pk).update(bio="bees", links=["https://example.org"], theme="dark")
    Ignore.objects.create(member=ada, ignored=ben)
    Ignore.objects.create(member=ben, ignored=ada)
    here, there = signed_in_by_password(ada), Client()
    enter(there, "Ada")
    file = User.objects.get(pk=ada.pk).avatar
    with django_capture_on_commit_callbacks(execute=True):
        assert here.post(DELETE, {"name": "ada"}).url == "/"
    gone = User.objects.get(pk=ada.pk)
    assert told == ["Ada"]
    assert gone.username == f"deleted-{ada.pk}"
    assert (gone.email, gone.bio, gone.links, gone.theme, bool(gone.avatar)) == ("", "", [], "system", False)
    assert (gone.is_active, gone.is_deleted, gone.has_usable_password()) == (False, True, False)
    assert (gone.last_login, gone.date_joined) == (None, ada.date_joined)
    assert not file.storage.exists(file.name)
    for kept in (EmailAddress, UserSession, Authenticator):
        assert not kept.objects.filter(user=ada).exists()
    assert Ignore.objects.count() == 0
    for client in (here, there):
        assert not client.get("/u/Ben/").wsgi_request.user.is_authenticated
    assert there.get("/u/Ada/").status_code == there.get(f"/u/deleted-{ada.pk}/").status_code == 404
    enter(there, "Ada")
    assert not there.get("/u/Ben/").wsgi_request.user.is_authenticated


@pytest.mark.parametrize("name", ["Dora", "dora", "\uff24ora", "D0ra"])
def test_nobody_gets_the_name_of_a_member_who_has_left_for_a_year(db, name):
    def refused():
        try:
            MemberAdapter().clean_username(name)
        except ValidationError as error:
            return error.messages
        return []

    assert refused() == []
    deletion.delete(member("Dora"))
    assert refused() == ["This name is taken. Please choose another."]
    FreedName.objects.update(freed_at=timezone.now() - timedelta(days=364))
    forget_addresses()
    assert refused() == ["This name is taken. Please choose another."]
    FreedName.objects.update(freed_at=timezone.now() - timedelta(days=365))
    assert refused() == []
    forget_addresses()
    assert not FreedName.objects.exists()


def test_the_name_has_to_be_typed(ada, signed_in_by_password):
    client = signed_in_by_password(ada)
    for name in ("", "Ben", "a\0", "x" * 10_000):
        assert client.post(DELETE, {"name": name}).status_code == 422
    assert not User.objects.get(pk=ada.pk).is_deleted
    client.post(DELETE, {"name": "Ada"})
    assert User.objects.get(pk=ada.pk).is_deleted


def test_staff_hand_back_their_keys_first(mod, ada, signed_in_by_password):
    client = signed_in_by_password(mod)
    assert "Ask another administrator" in client.get(DELETE).content.decode()
    client.post(DELETE, {"name": "Mod"})
    with pytest.raises(PermissionDenied):
        deletion.delete(mod)
    assert not User.objects.get(pk=mod.pk).is_deleted
    mod.groups.clear()
    client.post(DELETE, {"name": "Mod"})
    assert User.objects.get(pk=mod.pk).is_deleted


def test_a_failure_of_one_part_leaves_the_member_whole(ada, monkeypatch):
    def refuse(user):
        raise RuntimeError

    monkeypatch.setattr(deletion, "_parts", [refuse])
    with pytest.raises(RuntimeError):
        deletion.delete(ada)
    kept = User.objects.get(pk=ada.pk)
    assert (kept.username, kept.emailaddress_set.count()) == ("Ada", 1)
    monkeypatch.setattr(deletion, "_parts", [])
    deletion.delete(ada)
    assert User.objects.get(pk=ada.pk).is_deleted


def test_the_freed_name_and_address_can_be_used_again(ada):
    deletion.delete(ada)
    User.objects.create_user("Ada", "ada@example.org")


def test_two_members_can_leave(ada, ben):
    deletion.delete(ada)
    deletion.delete(ben)
    assert User.objects.filter(deleted_at=None).count() == 0
