import pytest

from accounts.models import User

LIST = "/admin/accounts/user/"


@pytest.fixture
def chief(db, sign_in):
    return sign_in(User.objects.create_superuser("Chief", "chief@example.org", "x"))


def test_members_are_found_by_the_beginning_of_name_or_address(chief, ada, ben):
    for query in ("ad", "ADA@"):
        assert [found.username for found in chief.get(LIST, {"q": query}).context["cl"].result_list] == [
            "Ada"
        ]


def test_moderators_are_no_staff(ada, mod, sign_in):
    assert [sign_in(user).get(LIST).status_code for user in (ada, mod)] == [302, 302]


def test_a_member_can_be_added_and_changed_but_not_deleted(chief, ada):
    new = {"username": "Dora", "email": "d@example.org", "usable_password": "false"}
    assert chief.post(f"{LIST}add/", new).status_code == 302
    assert User.objects.filter(username="Dora").exists()
    assert chief.get(f"{LIST}{ada.pk}/change/").status_code == 200
    assert chief.get(f"{LIST}{ada.pk}/delete/").status_code == 403
