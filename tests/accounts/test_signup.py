import threading

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from accounts.models import User

FORM = {"username": "Dora", "email": "Dora@Example.org", "password1": "correct horse battery"}


def sign_up(client, **changes):
    return client.post("/accounts/signup/", FORM | changes)


def errors(response):
    return {name: list(found) for name, found in response.context["form"].errors.items()}


def test_a_visitor_becomes_a_member_by_name_address_password_and_the_code_from_the_mail(db, visitor, code):
    answer = sign_up(visitor, next="/u/Dora/")
    assert (answer.status_code, answer.url) == (302, "/accounts/confirm-email/")
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        (["dora@example.org"], f"{code()} is your code for Folkmoot")
    ]
    assert not visitor.get("/u/Dora/").wsgi_request.user.is_authenticated
    assert visitor.post("/accounts/confirm-email/", {"code": code()}).url == "/u/Dora/"
    user = visitor.get("/u/Dora/").wsgi_request.user
    assert (user.username, user.email) == ("Dora", "dora@example.org")
    assert list(user.emailaddress_set.values_list("email", "verified", "primary")) == [
        ("dora@example.org", True, True)
    ]


def test_a_wrong_code_lets_nobody_in(db, visitor, code):
    sign_up(visitor)
    right = code()
    visitor.post("/accounts/confirm-email/", {"code": "AAAA-AAAA" if right != "AAAA-AAAA" else "BBBB-BBBB"})
    assert not visitor.get("/u/Dora/").wsgi_request.user.is_authenticated
    visitor.post("/accounts/confirm-email/", {"code": right})
    assert visitor.get("/u/Dora/").wsgi_request.user.is_authenticated


@pytest.mark.parametrize("name", ["ADA", "ada", "aDa"])
def test_a_name_is_taken_in_any_spelling_of_case(ada, visitor, name):
    assert errors(sign_up(visitor, username=name)) == {"username": ["Somebody has that name already."]}
    assert User.objects.count() == 1


def test_case_does_not_matter_beyond_ascii_either(db, visitor):
    with connection.cursor() as cursor:
        cursor.execute("select lower('Å') = 'å'")
        if not cursor.fetchone()[0]:
            pytest.skip("this Postgres was set up with a locale that knows no case beyond ASCII")
    sign_up(visitor, username="Ångström")
    answer = sign_up(Client(), username="ångström", email="other@example.org")
    assert errors(answer) == {"username": ["Somebody has that name already."]}


@pytest.mark.parametrize("name", ["M0d", "m-o-d", "Mód", "rnod"])
def test_nobody_gets_a_name_that_looks_like_a_moderators(mod, visitor, name):
    assert errors(sign_up(visitor, username=name)) == {
        "username": ["That looks too much like the name of a moderator."]
    }


def test_a_name_that_looks_like_a_members_is_free(ada, visitor):
    assert sign_up(visitor, username="A.d.a").status_code == 302


def test_a_reserved_name_is_refused(db, visitor):
    assert errors(sign_up(visitor, username="Adm1n")) == {
        "username": ["That name is kept for the site itself. Please choose another."]
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"username": "a\0b"},
        {"username": "x" * 100_000},
        {"username": "Do\u202era"},
        {"email": "a\0b@example.org"},
        {"email": "nobody"},
        {"email": "a" * 300 + "@example.org"},
        {"password1": "short"},
        {"password1": "password1234"},
        {"password1": "dora@example.org"},
        {"username": ""},
    ],
)
def test_senseless_input_is_refused_with_a_sentence_and_stays_in_the_form(db, visitor, changes):
    answer = sign_up(visitor, **changes)
    assert answer.status_code == 200
    assert list(errors(answer)) == list(changes)
    assert answer.context["form"]["email"].value() == (FORM | changes)["email"]
    assert User.objects.count() == 0
    assert mail.outbox == []
    assert sign_up(visitor).status_code == 302


def test_the_page_does_not_tell_whether_an_address_has_an_account_but_the_mail_does(ada, visitor):
    known = sign_up(visitor, email="ada@example.org")
    unknown = sign_up(Client())
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    pages = [
        browser.get("/accounts/confirm-email/").content.decode().replace(address, "…")
        for browser, address in ((visitor, "ada@example.org"), (unknown.client, "dora@example.org"))
    ]
    assert [len(page) for page in pages] == [len(pages[0])] * 2
    assert [(letter.to, "is your code" in letter.subject) for letter in mail.outbox] == [
        (["ada@example.org"], False),
        (["dora@example.org"], True),
    ]
    assert list(User.objects.order_by("username").values_list("username", flat=True)) == ["Ada", "Dora"]


def test_a_form_sent_twice_makes_one_account_and_goes_on_as_if_sent_once(db, visitor, code):
    first, second = sign_up(visitor), sign_up(visitor)
    assert (first.status_code, second.status_code) == (302, 302)
    assert User.objects.count() == 1
    assert second.url == first.url


def test_the_same_form_with_another_password_is_somebody_elses(db, visitor):
    sign_up(visitor)
    answer = sign_up(Client(), password1="another horse battery")
    assert errors(answer) == {"username": ["Somebody has that name already."]}


@pytest.mark.django_db(transaction=True)
def test_a_double_click_makes_one_account(visitor):
    visitor.get("/accounts/signup/")
    answers = []

    def click():
        try:
            answers.append(sign_up(Client()).status_code)
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    assert answers == [302, 302]
    assert User.objects.count() == 1
