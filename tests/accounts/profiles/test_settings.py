from datetime import UTC, datetime

import pytest

from accounts.models import User
from tests.cast import member

PROFILE, PREFERENCES = "/accounts/settings/profile/", "/accounts/settings/preferences/"
CHOICES = {
    "theme": "dark",
    "time_zone": "Asia/Tokyo",
    "comment_sort": "new",
    "email_pace": "daily",
    "email_replies": "on",
}


@pytest.mark.parametrize(
    "path", ["", "profile/", "preferences/", "ignored/", "export/", "delete/"], ids=lambda path: path or "hub"
)
def test_settings_are_for_members(ada, visitor, signed_in_by_password, path):
    path = f"/accounts/settings/{path}"
    assert visitor.get(path).url == f"/accounts/login/?next={path}"
    assert signed_in_by_password(ada).get(path).status_code == 200


def test_preferences_are_kept_and_shape_the_page(ada, ben, sign_in):
    client = sign_in(ada)
    assert client.post(PREFERENCES, CHOICES).url == PREFERENCES
    ada.refresh_from_db()
    assert (ada.theme, ada.time_zone, ada.comment_sort) == ("dark", "Asia/Tokyo", "new")
    assert (ada.email_pace, ada.email_replies, ada.email_mentions) == ("daily", True, False)
    assert 'data-theme="dark"' in client.get(PREFERENCES).content.decode()
    assert User.objects.get(pk=ben.pk).theme == "system"


def test_times_are_in_the_members_zone_and_the_next_visitors_are_not(ada, sign_in, visitor):
    evening = datetime(2026, 1, 31, 20, tzinfo=UTC)
    User.objects.filter(pk=ada.pk).update(time_zone="Asia/Tokyo", date_joined=evening)
    assert "February 2026" in sign_in(ada).get("/u/Ada/").content.decode()
    assert "January 2026" in visitor.get("/u/Ada/").content.decode()


def test_a_member_takes_the_zone_of_their_device_and_returns_to_the_page(ada, sign_in):
    client, address = sign_in(ada), "/accounts/settings/time-zone/"
    assert client.post(address, {"time_zone": "Asia/Tokyo", "next": "/u/Ada/"}).url == "/u/Ada/"
    assert (
        client.post(address, {"time_zone": "Asia/Tokyo", "next": "https://else.example/"}).url == PREFERENCES
    )
    assert client.post(address, {"time_zone": "Mars/Olympus"}).status_code == 400
    ada.refresh_from_db()
    assert ada.time_zone == "Asia/Tokyo"


@pytest.mark.parametrize(
    "change",
    [
        {"theme": "pink"},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"comment_sort": "a\0b"},
        {"email_pace": "hourly"},
    ],
)
def test_senseless_preferences_are_refused(ada, sign_in, change):
    client = sign_in(ada)
    answer = client.post(PREFERENCES, CHOICES | change)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == list(change)
    assert User.objects.get(pk=ada.pk).comment_sort == "best"
    assert client.post(PREFERENCES, CHOICES).status_code == 302


def test_a_profile_is_edited(ada, sign_in):
    links = "https://example.org/ada\r\n\r\n https://bees.example.org "
    sign_in(ada).post(PROFILE, {"bio": " Bees\u202e. ", "links": links})
    ada.refresh_from_db()
    assert (ada.bio, ada.links) == ("Bees.", ["https://example.org/ada", "https://bees.example.org"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("bio", "x" * 1001),
        ("bio", "a\0b"),
        ("links", "javascript:alert(1)"),
        ("links", "http://example.org"),
        ("links", "https://" + "x" * 300 + ".org"),
        ("links", "\n".join(f"https://example.org/{number}" for number in range(6))),
        ("links", "https://example.org/\0"),
    ],
)
def test_a_refused_profile_comes_back_filled_in(ada, sign_in, field, value):
    client = sign_in(ada)
    answer = client.post(PROFILE, {"bio": "kept", "links": "https://example.org"} | {field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"]["bio"].value() == (value if field == "bio" else "kept")
    assert (User.objects.get(pk=ada.pk).bio, User.objects.get(pk=ada.pk).links) == ("", [])


def test_a_profile_cannot_change_anything_else(ada, sign_in):
    sign_in(ada).post(
        PROFILE, {"bio": "x", "username": "Root", "is_staff": "on", "is_superuser": "on", "pk": "1"}
    )
    ada.refresh_from_db()
    assert (ada.bio, ada.username, ada.is_staff, ada.is_superuser) == ("x", "Ada", False, False)


def test_a_new_address_counts_once_its_code_has_come_back(ada, signed_in_by_password, code):
    client = signed_in_by_password(ada)
    client.post("/accounts/email/", {"action_add": "", "email": "New@example.org"})
    assert User.objects.get(pk=ada.pk).email == "ada@example.org"
    client.post("/accounts/confirm-email/", {"code": code()})
    assert User.objects.get(pk=ada.pk).email == "new@example.org"
    assert list(ada.emailaddress_set.values_list("email", "verified")) == [("new@example.org", True)]


def test_an_address_of_somebody_else_cannot_be_taken(ada, signed_in_by_password):
    member("Dora")
    client = signed_in_by_password(ada)
    client.post("/accounts/email/", {"action_add": "", "email": "dora@example.org"})
    assert User.objects.get(pk=ada.pk).email == "ada@example.org"
    assert User.objects.get(username="Dora").email == "dora@example.org"
