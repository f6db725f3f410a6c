"""Device history: moderators see accounts that share a device; the site forgets it after a month."""

import json
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from accounts import tasks
from accounts.forms.signup import sign_now
from accounts.models import Footprint, Note, User
from accounts.profiles import deletion, export
from accounts.sign_in import device_history
from tests.accounts.conftest import PASSWORD
from tests.cast import member

HOME, CAFE = "198.51.100.7", "203.0.113.9"


@pytest.fixture
def come(with_password):
    """Signs a member in from an address: `come(client, ada, HOME)`."""

    def come(client, user, address):
        with_password(user)
        client.post("/accounts/login/", {"login": user.username, "password": PASSWORD}, REMOTE_ADDR=address)
        return client

    return come


def alike(user):
    return [(each.member.username, sorted(each.shares)) for each in device_history.look_alikes(user)]


def test_each_sign_in_leaves_a_footprint_and_a_mark_that_scripts_cannot_read(db, client, ada, come, code):
    form = {"username": "Dora", "email": "d@example.org", "password1": PASSWORD, "opened": sign_now()}
    client.post("/accounts/signup/", form, REMOTE_ADDR=HOME)
    assert Footprint.objects.count() == 0
    answer = client.post("/accounts/confirm-email/", {"code": code()}, REMOTE_ADDR=HOME)
    cookie = answer.cookies["device"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 30 * 86_400)
    step = Footprint.objects.get()
    assert (step.member.username, str(step.network), len(step.device)) == ("Dora", f"{HOME}/32", 32)
    assert step.device in cookie.value
    later = Client()
    later.cookies["device"] = cookie.value
    come(later, ada, HOME)
    assert Footprint.objects.get(member=ada).device == step.device


def test_the_same_place_again_is_one_footprint(ada, come):
    client = Client()
    come(client, ada, HOME)
    first = Footprint.objects.get()
    client.post("/accounts/logout/")
    come(client, ada, HOME)
    step = Footprint.objects.get()
    assert (step.first_at, step.last_at > first.last_at) == (first.first_at, True)


def test_reading_and_a_failed_sign_in_leave_none(ada, client, visitor, with_password, enter):
    visitor.get("/")
    enter(client, with_password(ada).username, "wrong horse battery")
    assert (Footprint.objects.count(), "device" in client.cookies) == (0, False)


def test_a_mark_that_we_did_not_sign_is_replaced(ada, come):
    client = Client()
    client.cookies["device"] = "f" * 32
    come(client, ada, HOME)
    assert Footprint.objects.get().device != "f" * 32
    assert client.cookies["device"].value != "f" * 32


def test_accounts_of_one_device_or_address_are_alike_the_device_first(ada, ben, cleo, eve, mod, come):
    shared = Client()
    come(shared, ada, HOME)
    come(Client(), ben, HOME)
    shared.post("/accounts/logout/")
    come(shared, cleo, CAFE)
    come(Client(), mod, "192.0.2.1")
    assert alike(ada) == [("Cleo", ["device"]), ("Ben", ["address"])]
    assert alike(ben) == [("Ada", ["address"])]
    assert alike(mod) == []


def test_a_household_of_ipv6_is_one_address(ada, ben, cleo, come):
    come(Client(), ada, "2001:db8::1")
    come(Client(), ben, "2001:db8::2")
    come(Client(), cleo, "2001:db8:0:1::1")
    assert alike(ada) == [("Ben", ["address"])]
    assert str(Footprint.objects.get(member=ada).network) == "2001:db8::/64"


def test_a_claimed_address_is_not_believed(ada, with_password):
    form = {"login": with_password(ada).username, "password": PASSWORD}
    Client().post("/accounts/login/", form, REMOTE_ADDR=HOME, headers={"X-Forwarded-For": CAFE})
    assert str(Footprint.objects.get().network) == f"{HOME}/32"


def test_the_look_costs_the_same_for_many(ada, ben, come, django_assert_num_queries):
    come(Client(), ada, HOME)
    for number in range(10):
        Footprint.objects.leave(User.objects.create(username=f"Twin{number}"), HOME, f"{number}")
    with django_assert_num_queries(3):
        assert len(alike(ada)) == 10


def test_addresses_are_forgotten_after_the_days_that_the_setting_says(ada, ben, come, settings):
    settings.ADDRESSES_KEPT_DAYS = 7
    come(Client(), ada, HOME)
    come(Client(), ben, CAFE)
    long_ago = timezone.now() - timedelta(days=7, minutes=1)
    Footprint.objects.filter(member=ada).update(last_at=long_ago)
    UserSession.objects.filter(user=ada).update(created_at=long_ago)
    tasks.forget_addresses()
    assert [step.member for step in Footprint.objects.all()] == [ben]
    ips = dict(UserSession.objects.values_list("user__username", "ip"))
    assert ips == {"Ada": "0.0.0.0", "Ben": CAFE}


def test_one_reads_ones_own_in_the_export_and_nobody_elses(ada, ben, come):
    client = come(Client(), ada, HOME)
    client.post("/accounts/logout/")
    come(client, ben, HOME)
    told = list(export._parts["signed_in_from"](ada))
    assert [(step["network"], len(step["device"])) for step in told] == [(f"{HOME}/32", 32)]
    everything = json.dumps([list(part(ada)) for part in export._parts.values()], default=str)
    assert "Ben" not in everything


def test_leaving_lifts_no_sanction_by_the_back_door_and_the_notes_go(ada, mod, come):
    come(Client(), ada, HOME)
    Note.objects.create(member=ada, by=mod, text="Sells watches.")
    ada.silence(by=mod, reason="Rude", until=timezone.now() + timedelta(days=1))
    deletion.delete(ada)
    assert (Footprint.objects.count(), ada.sanctions.count(), Note.objects.count()) == (1, 1, 0)


def test_the_export_says_that_there_are_notes_and_not_what_they_say(ada, mod):
    Note.objects.create(member=ada, by=mod, text="Cleo says that she sells watches.")
    (told,) = export._parts["notes_of_moderators"](ada)
    assert told == {
        "at": Note.objects.get().at,
        "text": "To read this note, ask the people who run this site.",
    }


@pytest.mark.parametrize("table", ["footprint", "note"])
def test_in_the_admin_they_are_for_moderators_whatever_else_staff_may_see(db, sign_in, mod, table):
    clerk = member("Clerk", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename=f"view_{table}"))
    browser = sign_in(clerk)
    assert browser.get(f"/admin/accounts/{table}/").status_code == 403
    clerk.groups.set(mod.groups.all())
    assert browser.get(f"/admin/accounts/{table}/").status_code == 200
