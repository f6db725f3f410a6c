"""Every form that takes an e-mail address gives the same answer whether or not an account has that address."""

import re

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from accounts.forms.signup import sign_now
from tests.accounts.conftest import PASSWORD
from tests.accounts.sign_in.test_providers import SIGNUP, come_back, provider  # noqa: F401 (a fixture)

KNOWN, UNKNOWN = "ada@example.org", "xyz@example.org"  # of one length, because pages show it


class CountingHasher(MD5PasswordHasher):
    """Counts the computed hashes. On a real site each takes so long that it decides the time of the answer."""

    computed = 0

    def encode(self, password, salt):
        type(self).computed += 1
        return super().encode(password, salt)


@pytest.fixture
def observe(settings, posted):
    """Posts a form and returns all that its sender can observe, without tokens, times and the address itself."""
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]

    def observe(client, path, form):
        CountingHasher.computed = 0
        sent = len(posted())
        answers = [client.post(path, form)]
        computed = CountingHasher.computed
        while "Location" in answers[-1].headers:
            answers.append(client.get(answers[-1].url))
        return {
            "answers": [
                {
                    "status": answer.status_code,
                    "headers": {name: value for name, value in answer.headers.items() if name not in OF_EACH},
                    "cookies": {
                        name: {attribute: morsel[attribute] for attribute in morsel if attribute != "expires"}
                        for name, morsel in answer.cookies.items()
                    },
                    "body": anonymous(answer.text),
                }
                for answer in answers
            ],
            "cookies": sorted(client.cookies),
            "hashes": computed,
            "mails": len(posted()) - sent,
        }

    return observe


OF_EACH = ("Expires", "Server-Timing", "X-Request-ID")
"""Headers that differ in any two answers."""


def anonymous(text):
    text = re.sub(r'(name="(?:csrfmiddlewaretoken|opened)" value=)"[^"]*"', r"\1", text)
    return text.replace(KNOWN, "ADDRESS").replace(UNKNOWN, "ADDRESS")


def test_sign_up_gives_the_same_answers(ada, observe):
    seen = {}
    for address, name in ((KNOWN, "Dora"), (UNKNOWN, "Dori")):
        client = Client()
        form = {"username": name, "email": address, "password1": PASSWORD, "opened": sign_now()}
        seen[address] = [
            observe(client, "/accounts/signup/", form),
            observe(client, "/accounts/confirm-email/", {"code": "AAAA-AAAA"}),
            observe(client, "/accounts/confirm-email/", {"code": "AAAA-AAAA"}),
        ]
    assert seen[KNOWN] == seen[UNKNOWN]
    assert (seen[KNOWN][0]["hashes"], seen[KNOWN][0]["mails"]) == (1, 1)


def test_sign_up_with_a_taken_name_does_not_reveal_the_address_of_that_name(ada, observe):
    known, unknown = (
        observe(
            Client(),
            "/accounts/signup/",
            {"username": "Ada", "email": address, "password1": PASSWORD, "opened": sign_now()},
        )
        for address in (KNOWN, UNKNOWN)
    )
    assert known == unknown
    assert (known["hashes"], known["mails"]) == (1, 0)


@pytest.mark.parametrize("is_unconfirmed", [False, True])
@pytest.mark.parametrize(("known", "unknown"), [(KNOWN, UNKNOWN), ("Ada", "Xyz")])
def test_sign_in_gives_the_same_answer(ada, with_password, observe, known, unknown, is_unconfirmed):
    with_password(ada).emailaddress_set.update(verified=not is_unconfirmed)
    seen = [
        observe(Client(), "/accounts/login/", {"login": login, "password": "wrong horse battery"})
        for login in (known, unknown)
    ]
    for each, login in zip(seen, (known, unknown), strict=True):
        each["answers"][0]["body"] = each["answers"][0]["body"].replace(f'value="{login}"', "")
    assert seen[0] == seen[1]
    assert (seen[0]["hashes"], seen[0]["mails"]) == (1, 0)


def test_a_member_without_a_password_takes_as_long(ada, observe):
    known, unknown = (
        observe(Client(), "/accounts/login/", {"login": login, "password": PASSWORD})
        for login in (KNOWN, UNKNOWN)
    )
    assert known == unknown
    assert known["hashes"] == 1


def test_a_password_reset_gives_the_same_answer(ada, with_password, observe):
    with_password(ada)
    known, unknown = (
        observe(Client(), "/accounts/password/reset/", {"email": address}) for address in (KNOWN, UNKNOWN)
    )
    assert known == unknown
    assert (known["hashes"], known["mails"]) == (0, 1)


def test_a_change_of_address_gives_the_same_answers(ada, ben, signed_in_by_password, observe):
    client = signed_in_by_password(ben)
    seen = []
    for address in (KNOWN, UNKNOWN):
        form = {"email": address, "action_add": ""}
        seen.append(
            [
                observe(client, "/accounts/email/", form),
                observe(client, "/accounts/confirm-email/", {"code": "AAAA-AAAA"}),
            ]
        )
    assert seen[0] == seen[1]
    assert (seen[0][0]["hashes"], seen[0][0]["mails"]) == (0, 1)


def test_signing_up_with_another_site_gives_the_same_answers(ada, provider, observe):  # noqa: F811
    seen = []
    for name, address in (("Dora", KNOWN), ("Dori", UNKNOWN)):
        client = Client()
        assert come_back(client).url == SIGNUP
        seen.append(observe(client, SIGNUP, {"username": name, "email": address}))
    assert seen[0] == seen[1]
    assert seen[0]["mails"] == 1
