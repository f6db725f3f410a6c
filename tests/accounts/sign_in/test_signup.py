import re
import threading
import time
from importlib import import_module

import pytest
from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client

from accounts.forms.signup import sign_now
from accounts.models import User
from tests.cast import member
from tests.concurrency import run_concurrently

FORM = {
    "opened": sign_now(),
    "username": "Dora",
    "email": "Dora@Example.org",
    "password1": "correct horse battery",
}


def sign_up(client, **changes):
    return client.post("/accounts/signup/", FORM | changes)


def errors(response):
    return {name: list(found) for name, found in response.context["form"].errors.items()}


def test_a_visitor_becomes_a_member_by_name_address_password_and_the_code_from_the_mail(
    db, visitor, code, posted
):
    answer = sign_up(visitor, next="/u/Dora/")
    assert (answer.status_code, answer.url) == (302, "/accounts/confirm-email/")
    assert [(letter.to, letter.subject) for letter in posted()] == [
        (["dora@example.org"], f"{code()} is your code for Folkmoot")
    ]
    assert not visitor.get("/u/Dora/").wsgi_request.user.is_authenticated
    # The first steps of a new member, which lead back to where they wanted to go.
    assert visitor.post("/accounts/confirm-email/", {"code": code()}).url == "/welcome/?next=%2Fu%2FDora%2F"
    assert '<a class="button" href="/u/Dora/">' in visitor.get("/welcome/?next=%2Fu%2FDora%2F").text
    user = visitor.get("/u/Dora/").wsgi_request.user
    assert (user.username, user.email) == ("Dora", "dora@example.org")
    assert list(user.emailaddress_set.values_list("email", "verified", "primary")) == [
        ("dora@example.org", True, True)
    ]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("Asia/Tokyo", "Asia/Tokyo"), ("", "UTC"), ("Mars/Olympus", "UTC"), ("Etc/Unknown", "UTC")],
)
def test_a_new_member_has_the_time_zone_of_the_browser(db, visitor, given, kept):
    sign_up(visitor, time_zone=given)
    assert User.objects.get().time_zone == kept


def test_a_wrong_code_lets_nobody_in(db, visitor, code):
    sign_up(visitor)
    right = code()
    visitor.post("/accounts/confirm-email/", {"code": "AAAA-AAAA" if right != "AAAA-AAAA" else "BBBB-BBBB"})
    assert not visitor.get("/u/Dora/").wsgi_request.user.is_authenticated
    visitor.post("/accounts/confirm-email/", {"code": right})
    assert visitor.get("/u/Dora/").wsgi_request.user.is_authenticated


@pytest.mark.parametrize("name", ["ADA", "ada", "aDa"])
def test_a_name_is_taken_in_any_spelling_of_case(ada, visitor, name):
    assert errors(sign_up(visitor, username=name)) == {
        "username": ["This name is taken. Please choose another."]
    }
    assert User.objects.count() == 1


def test_case_does_not_matter_beyond_ascii_either(db, visitor):
    with connection.cursor() as cursor:
        cursor.execute("select lower('Å') = 'å'")
        if not cursor.fetchone()[0]:
            pytest.skip("this Postgres was set up with a locale that knows no case beyond ASCII")
    sign_up(visitor, username="Ångström")
    answer = sign_up(Client(), username="ångström", email="other@example.org")
    assert errors(answer) == {"username": ["This name is taken. Please choose another."]}


@pytest.mark.parametrize("name", ["M0d", "m-o-d", "Mód", "rnod", "ᴍᴏᴅ", "Mođ"])
def test_nobody_gets_a_name_that_looks_like_a_members(visitor, name, db):
    member("Mod")
    assert errors(sign_up(visitor, username=name)) == {
        "username": ["This name looks too much like another member's. Please choose another."]
    }
    assert sign_up(visitor, username="Mad").status_code == 302


def test_names_that_looked_alike_before_the_rule_stay(db):
    members = [member("Mod"), member("M0d")]
    User.objects.update(skeleton="")
    import_module("accounts.migrations.0012_look_alike_names").fill(apps, None)
    assert list(User.objects.looking_like("mÖd").order_by("pk")) == members


def test_a_reserved_name_is_refused(db, visitor):
    assert errors(sign_up(visitor, username="Adm1n")) == {
        "username": ["That name is reserved for the site itself. Please choose another."]
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
def test_senseless_input_is_refused_with_a_sentence_and_stays_in_the_form(db, visitor, changes, posted):
    answer = sign_up(visitor, **changes)
    assert answer.status_code == 200
    assert list(errors(answer)) == list(changes)
    assert answer.context["form"]["email"].value() == (FORM | changes)["email"]
    assert User.objects.count() == 0
    assert posted() == []
    assert sign_up(visitor).status_code == 302


def test_the_page_does_not_tell_whether_an_address_has_an_account_but_the_mail_does(ada, visitor, posted):
    known = sign_up(visitor, email="ada@example.org")
    unknown = sign_up(Client())
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    pages = [
        browser.get("/accounts/confirm-email/").content.decode().replace(address, "…")
        for browser, address in ((visitor, "ada@example.org"), (unknown.client, "dora@example.org"))
    ]
    assert [len(page) for page in pages] == [len(pages[0])] * 2
    assert [(letter.to, "is your code" in letter.subject) for letter in posted()] == [
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
    assert errors(answer) == {"username": ["This name is taken. Please choose another."]}


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


@pytest.mark.django_db(transaction=True)
def test_of_two_names_that_look_alike_at_the_same_moment_one_is_accepted():
    """Both forms are valid before one of the accounts is written."""
    people = [
        {"username": "Dora", "email": "dora@example.org"},
        {"username": "D0ra", "email": "other@example.org"},
    ]

    def sign_ups_that_wait():
        with connection.cursor() as cursor:
            # Not pg_stat_activity, of which a transaction sees one state all the time.
            cursor.execute(
                "SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_database ON pg_database.oid = database "
                "WHERE NOT granted AND datname = current_database()"
            )
            return cursor.fetchone()[0]

    answers = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE accounts_user IN SHARE MODE")  # lets them read, not write
        both = threading.Thread(
            target=lambda: answers.extend(
                run_concurrently(
                    *[lambda person=person: sign_up(Client(), **person).url for person in people]
                )
            )
        )
        both.start()
        while sign_ups_that_wait() < 2:
            assert both.is_alive()
    both.join()
    assert User.objects.count() == 1
    refused = "/accounts/signup/?email=" + ("other" if User.objects.get().username == "Dora" else "dora")
    assert sorted(answers) == ["/accounts/confirm-email/", f"{refused}%40example.org"]


def test_a_field_that_people_cannot_see_catches_programs(db, visitor):
    answer = sign_up(visitor, website="https://shop.example/")
    assert list(errors(answer)) == ["website"]
    assert answer.context["form"]["username"].value() == "Dora"
    assert User.objects.count() == 0
    assert sign_up(visitor).status_code == 302


def test_the_form_takes_as_long_as_people_do(db, visitor, settings, monkeypatch):
    settings.SIGN_UP_SECONDS = 60
    opened = re.search(r'name="opened" value="([^"]+)"', visitor.get("/accounts/signup/").text)[1]
    answer = sign_up(visitor, opened=opened)
    assert errors(answer) == {"opened": ["That was very quick. Please check the form, then send it again."]}
    assert User.objects.count() == 0
    fresh = answer.context["form"]["opened"].value()
    later = time.time() + 61
    monkeypatch.setattr(time, "time", lambda: later)
    assert sign_up(visitor, opened=fresh).status_code == 302


@pytest.mark.parametrize("opened", ["", "opened:x:y", "x" * 101])
def test_a_form_that_we_did_not_make_is_refused_and_comes_back_as_ours(db, visitor, opened):
    answer = sign_up(visitor, opened=opened)
    assert list(errors(answer)) == ["opened"]
    assert User.objects.count() == 0
    assert answer.context["form"]["email"].value() == FORM["email"]


def test_a_form_of_the_day_before_yesterday_is_made_anew(db, visitor, monkeypatch):
    monkeypatch.setattr("accounts.forms.signup.OPEN_FOR", -1)
    answer = sign_up(visitor)
    assert errors(answer) == {"opened": ["This form was open for too long. Please send it again."]}
    monkeypatch.undo()
    assert sign_up(visitor, opened=answer.context["form"]["opened"].value()).status_code == 302


class Sum:
    """A captcha that a test can answer."""

    def field(self):
        return forms.IntegerField(label="What is three and four?")

    def verify(self, request, value):
        assert request.path == "/accounts/signup/"
        if value != 7:
            raise ValidationError("That is not the sum.")


def test_a_captcha_of_the_site_is_asked_and_checked(db, visitor, settings):
    settings.CAPTCHA = f"{__name__}.Sum"
    assert "What is three and four?" in visitor.get("/accounts/signup/").text
    assert errors(sign_up(visitor)) == {"captcha": ["This field is required."]}
    assert errors(sign_up(visitor, captcha="8")) == {"captcha": ["That is not the sum."]}
    assert User.objects.count() == 0
    assert sign_up(visitor, captcha="7").status_code == 302


def test_the_page_says_what_is_kept_and_for_how_long(visitor, db, settings):
    settings.ADDRESSES_KEPT_DAYS = 12
    assert "in this browser for 12 days" in visitor.get("/accounts/signup/").text
