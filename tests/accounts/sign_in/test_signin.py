import re
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from accounts.forms.signup import sign_now
from accounts.mail import sending
from accounts.models import AccountMail, User
from tests.accounts.conftest import PASSWORD
from tests.processes import socket_that_never_answers


def who(client):
    return client.get("/u/Ada/").wsgi_request.user


@pytest.mark.parametrize("login", ["Ada", "ada", "ADA", " Ada ", "ada@example.org", "ADA@Example.org"])
def test_a_member_signs_in_by_name_or_address(ada, client, with_password, enter, login):
    with_password(ada)
    assert enter(client, login).status_code == 302
    assert who(client) == ada


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("Ada", "wrong horse battery"),
        ("Nobody", PASSWORD),
        ("nobody@example.org", PASSWORD),
        ("Ada\0", PASSWORD),
        ("Ada", PASSWORD + "\0"),
        ("x" * 100_000, PASSWORD),
    ],
)
def test_anything_else_is_refused(ada, client, with_password, enter, login, password):
    with_password(ada)
    answer = enter(client, login, password)
    assert answer.status_code == 200
    assert not who(client).is_authenticated
    enter(client, "Ada")
    assert who(client) == ada


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(ada, client, with_password, enter):
    with_password(ada)
    known = enter(client, "Ada", "wrong horse battery")
    unknown = enter(Client(), "Adx", "wrong horse battery")
    assert known.context["form"].errors == unknown.context["form"].errors
    assert len(known.content) == len(unknown.content)


def test_a_member_without_a_verified_address_is_asked_for_the_code_first(
    ada, client, with_password, enter, code
):
    with_password(ada).emailaddress_set.update(verified=False)
    assert enter(client, "Ada").url == "/accounts/confirm-email/"
    assert not who(client).is_authenticated
    client.post("/accounts/confirm-email/", {"code": code()})
    assert who(client) == ada


def test_a_suspended_member_is_told_so_and_stays_outside(eve, mod, client, with_password, enter):
    with_password(eve)
    answer = enter(client, "Eve")
    assert answer.status_code == 403
    assert "A moderator has suspended this account permanently" in answer.text
    assert "Selling watches." in answer.text
    assert not who_of(client).is_authenticated
    assert "suspended" not in enter(Client(), "Eve", "wrong horse battery").text
    eve.sanctions.get().lift(by=mod)
    enter(client, "Eve")
    assert who_of(client) == eve


def who_of(client):
    return client.get("/u/Eve/").wsgi_request.user


def test_a_suspension_ends_running_sessions(ada, mod, sign_in):
    client = sign_in(ada)
    assert who(client) == ada
    ada.suspend(by=mod, reason="Spam")
    assert not who(client).is_authenticated


def test_closing_an_account_ends_running_sessions(ada, sign_in):
    client = sign_in(ada)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert not who(client).is_authenticated


def test_a_new_password_ends_the_sessions_of_the_old_one(ada, sign_in):
    client = sign_in(ada)
    ada.set_password("another horse battery")
    ada.save()
    assert not who(client).is_authenticated


def test_failures_are_limited_for_each_name(ada, client, with_password, enter):
    with_password(ada)
    for _ in range(5):
        enter(client, "Ada", "wrong horse battery")
    refused = enter(client, "Ada")
    assert (refused.status_code, refused["Retry-After"]) == (429, "300")
    assert "in 5 minutes" in refused.text
    assert not who(client).is_authenticated


def test_a_claimed_address_does_not_escape_the_limit(ada, with_password):
    with_password(ada)
    answers = [
        Client().post(
            "/accounts/login/",
            {"login": f"Nobody{number}", "password": "wrong horse battery"},
            headers={"X-Forwarded-For": f"192.0.2.{number}"},
        )
        for number in range(11)
    ]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]


def test_after_signing_in_one_returns_only_to_pages_of_this_site(ada, client, with_password, enter):
    with_password(ada)
    assert enter(client, "Ada", next="/u/Ben/").url == "/u/Ben/"
    client.logout()
    assert enter(client, "Ada", next="https://evil.example/").url == "/"


def test_every_link_to_sign_in_or_join_leads_back(visitor, db):
    templates = (Path(settings.BASE_DIR) / "templates").rglob("*.html")
    bare = re.compile(r"""href="{% url ['"]account_(login|signup)""")
    assert {each.name for each in templates if bare.search(each.read_text())} == {
        "password_reset_from_key_done.html"  # where they were was the mail
    }
    page = visitor.get("/search/?q=lime&x=1").text
    for address in ("login", "signup"):
        assert f'href="/accounts/{address}/?next=%2Fsearch%2F%3Fq%3Dlime%26x%3D1"' in page
    assert 'href="/accounts/signup/?next=%2Frules%2F"' in visitor.get("/accounts/login/?next=/rules/").text
    assert 'href="/accounts/login/"' in visitor.get("/accounts/signup/").text


def test_a_lost_password_is_replaced_by_the_link_from_the_mail_once(
    ada, client, with_password, enter, posted
):
    with_password(ada)
    client.post("/accounts/password/reset/", {"email": "Ada@example.org"})
    link = next(word for word in posted()[-1].body.split() if "/password/reset/key/" in word)
    form = client.get(link, follow=True).redirect_chain[-1][0]
    new = "a quite new password"
    client.post(form, {"password1": new, "password2": new})
    assert "no longer works" in Client().get(link, follow=True).content.decode()
    enter(client, "Ada")
    assert not who(client).is_authenticated
    enter(client, "Ada", new)
    assert who(client) == ada


def test_asking_for_a_new_password_does_not_tell_whether_there_is_an_account(ada, client, posted):
    known = client.post("/accounts/password/reset/", {"email": "ada@example.org"})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert [letter.to for letter in posted()] == [["ada@example.org"], ["nobody@example.org"]]


@pytest.mark.loss
def test_members_sign_in_while_redis_is_gone(ada, client, with_password, enter, redis_is):
    with_password(ada)
    redis_is("away")
    cache.set("is anybody there", "yes")
    assert cache.get("is anybody there") is None
    assert enter(client, "Ada", "wrong horse battery").status_code == 200
    assert not who(client).is_authenticated
    assert enter(client, "Ada").status_code == 302
    assert who(client) == ada


def test_signing_up_does_not_wait_for_a_mail_server_that_hangs(db, client, settings, code, posted):
    form = {"username": "Dora", "email": "dora@example.org", "password1": PASSWORD, "opened": sign_now()}
    with socket_that_never_answers() as port:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5
        started = time.monotonic()
        page = client.post("/accounts/signup/", form, follow=True)
        assert time.monotonic() - started < settings.EMAIL_TIMEOUT
        assert page.redirect_chain == [("/accounts/confirm-email/", 302)]
        settings.EMAIL_TIMEOUT = 0.3
        assert posted() == []  # the mail server fails, and the mail waits
    assert [(letter.to, letter.attempts) for letter in AccountMail.objects.all()] == [("dora@example.org", 0)]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    sending._away_until = 0.0
    assert client.post("/accounts/confirm-email/", {"code": code()}).status_code == 302
    assert client.get("/u/Dora/").wsgi_request.user.username == "Dora"
    assert AccountMail.objects.count() == 0


def test_the_admin_sends_visitors_to_the_sites_own_sign_in(db, visitor, sign_in, ada):
    assert visitor.get("/admin/").url == "/admin/login/?next=/admin/"
    assert visitor.get("/admin/login/?next=/admin/").url == "/accounts/login/?next=%2Fadmin%2F"
    assert sign_in(ada).get("/admin/login/").status_code == 403
    boss = User.objects.create_superuser("Chief", "chief@example.org", PASSWORD)
    assert sign_in(boss).get("/admin/").status_code == 200


def test_what_allauth_counts_by_itself_says_when_to_try_again_too(ada, client, with_password, enter):
    enter(client, with_password(ada).username)
    answers = [
        client.post("/accounts/reauthenticate/", {"password": "wrong horse battery"}) for _ in range(12)
    ]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert answers[0].status_code == 200
    assert refused
    assert all(answer["Retry-After"] == "60" or answer["Retry-After"] == "300" for answer in refused)


@pytest.mark.parametrize("address", ["ada@example.org", "nobody@example.org"])
def test_links_in_mails_lead_to_the_sites_own_address(ada, client, posted, settings, address):
    settings.SITE_URL, settings.ALLOWED_HOSTS = (
        "https://forum.example.org",
        ["forum.example.org", "old.example.org"],
    )
    client.post("/accounts/password/reset/", {"email": address}, HTTP_HOST="old.example.org")
    links = [word for word in posted()[-1].body.split() if "://" in word]
    assert links
    assert [link for link in links if not f"{link}/".startswith("https://forum.example.org/")] == []
