"""Guessing a password is limited by account, and the member's own devices are not locked."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.accounts.conftest import PASSWORD

HOME, STRANGER = "198.51.100.7", "203.0.113.9"
WRONG = "wrong horse battery"


def attempt(login, password, *, client=None, address=STRANGER):
    """Posts the form. Returns the status, and whether it opened a session."""
    client = client or Client()
    form = {"login": login, "password": password}
    answer = client.post("/accounts/login/", form, REMOTE_ADDR=address)
    return answer.status_code, answer.wsgi_request.user.is_authenticated


def test_name_and_address_share_one_count(ada, with_password):
    with_password(ada)
    for login in ("Ada", "ada@example.org", "ADA", "ada@example.org", " ada "):
        assert attempt(login, WRONG) == (200, False)
    assert attempt("ada@example.org", PASSWORD, address=HOME) == (200, False)


@pytest.mark.parametrize("login", ["Ada", "ada@example.org"])
@pytest.mark.parametrize("password", [PASSWORD, WRONG])
def test_the_member_is_looked_up_once(ada, with_password, login, password):
    with_password(ada)
    with CaptureQueriesContext(connection) as queries:
        attempt(login, password)
    assert sum("LOWER(" in query["sql"] for query in queries) == 1


def test_a_lock_does_not_reveal_which_name_has_which_address(ada, ben, with_password):
    with_password(ada)
    for _ in range(5):
        attempt("Ada", WRONG)
    answers = [
        Client().post("/accounts/login/", {"login": login, "password": WRONG}, REMOTE_ADDR=HOME)
        for login in ("ada@example.org", "ben@example.org")
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].context["form"].errors == answers[1].context["form"].errors


def test_an_unknown_name_is_locked_like_a_known_one(ada, with_password):
    with_password(ada)
    for login in ("Ada", "Adx"):
        answers = [attempt(login, WRONG, address=f"198.51.100.{number}") for number in range(6)]
        assert answers == [(200, False)] * 5 + [(429, False)]


def test_a_stranger_does_not_lock_the_members_own_device(ada, with_password):
    with_password(ada)
    own = Client()
    assert attempt("Ada", PASSWORD, client=own, address=HOME) == (302, True)
    own.post("/accounts/logout/")
    for _ in range(6):
        attempt("Ada", WRONG)
    assert attempt("Ada", PASSWORD) == (429, False)
    assert attempt("Ada", PASSWORD, client=own, address=HOME) == (302, True)


def test_a_known_device_has_five_failures_too(ada, with_password):
    with_password(ada)
    own = Client()
    attempt("Ada", PASSWORD, client=own, address=HOME)
    own.post("/accounts/logout/")
    answers = [attempt("Ada", WRONG, client=own, address=HOME) for _ in range(6)]
    assert answers == [(200, False)] * 5 + [(429, False)]


def test_a_device_of_another_member_counts_as_unknown(ada, ben, with_password):
    with_password(ada)
    device = Client()
    attempt("Ben", PASSWORD, client=device)
    with_password(ben)
    attempt("Ben", PASSWORD, client=device, address=HOME)
    device.post("/accounts/logout/")
    for _ in range(5):
        attempt("Ada", WRONG)
    assert attempt("Ada", PASSWORD, client=device, address=HOME) == (429, False)


def test_successes_do_not_count(ada, with_password):
    with_password(ada)
    assert [attempt("Ada", PASSWORD) for _ in range(11)] == [(302, True)] * 11


def test_a_new_password_from_the_mail_ends_the_lock(ada, with_password, posted):
    with_password(ada)
    for _ in range(6):
        attempt("Ada", WRONG)
    client = Client()
    client.post("/accounts/password/reset/", {"email": "ada@example.org"})
    link = next(word for word in posted()[-1].body.split() if "/password/reset/key/" in word)
    form = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": "a quite new password", "password2": "a quite new password"})
    assert attempt("Ada", "a quite new password", address=HOME) == (302, True)
