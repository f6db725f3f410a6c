from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.cast import session_key_of

SESSIONS = "/accounts/sessions/"


def who(client):
    return client.get("/u/Ada/").wsgi_request.user


def test_a_member_sees_own_devices_and_ends_the_others(ada, ben, with_password, enter):
    here, there, bens = (
        Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}),
        Client(),
        Client(),
    )
    with_password(ada)
    with_password(ben)
    for client, name in ((here, "Ada"), (there, "Ada"), (bens, "Ben")):
        enter(client, name)
    page = here.get(SESSIONS)
    assert len(page.context["sessions"]) == 2
    assert "Firefox on Linux" in page.content.decode()
    here.post(SESSIONS)
    assert (who(here), who(there).is_authenticated, who(bens)) == (ada, False, ben)
    assert UserSession.objects.filter(user=ada).count() == 1


def test_one_device_can_be_ended_and_nobody_ends_anothers(ada, ben, with_password, enter):
    here, there, bens = Client(), Client(), Client()
    with_password(ada)
    with_password(ben)
    for client, name in ((here, "Ada"), (there, "Ada"), (bens, "Ben")):
        enter(client, name)
    session = UserSession.objects.get(session_key=there.session.session_key)
    path = f"/accounts/settings/sessions/{session.pk}/end/"
    assert path in here.get(SESSIONS).content.decode()
    assert bens.post(path).status_code == here.post("/accounts/settings/sessions/0/end/").status_code == 404
    assert who(there) == ada
    assert here.post(path).url == SESSIONS
    assert (who(here), who(there).is_authenticated) == (ada, False)


def test_the_oldest_device_makes_room(ada, with_password, enter, monkeypatch):
    monkeypatch.setattr("accounts.sign_in.adapter.MOST_SESSIONS", 2)
    with_password(ada)
    clients = [Client(), Client(), Client()]
    for client in clients:
        enter(client, "Ada")
    assert [who(client).is_authenticated for client in clients] == [False, True, True]


def test_pages_cost_no_query_for_the_list_of_devices(
    ada, client, with_password, enter, django_assert_num_queries
):
    enter(client, with_password(ada).username)
    client.get("/accounts/settings/preferences/")
    with django_assert_num_queries(2):  # the viewer, and the form's copy of the row
        client.get("/accounts/settings/preferences/")


def test_a_session_and_its_member_cost_one_query(ben, django_assert_num_queries):
    browser = Client(headers={"cookie": f"{settings.SESSION_COOKIE_NAME}={session_key_of(ben)}"})
    with django_assert_num_queries(1):
        assert browser.get("/accounts/settings/").status_code == 200


@pytest.mark.parametrize(
    "end",
    [
        lambda: Session.objects.all().delete(),
        lambda: Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1)),
        lambda: User.objects.update(suspended_at=timezone.now()),
        lambda: User.objects.update(is_active=False),
        lambda: User.objects.update(password="changed"),
    ],
    ids=["deleted", "expired", "suspended", "inactive", "other password"],
)
def test_a_session_ends_as_soon_as_postgres_says_so(ben, end):
    """Whatever Redis does meanwhile."""
    browser = Client(headers={"cookie": f"{settings.SESSION_COOKIE_NAME}={session_key_of(ben)}"})
    assert who(browser) == ben
    end()
    assert not who(browser).is_authenticated


def test_a_session_without_a_row_in_the_list_of_devices_is_valid(ben):
    browser = Client(headers={"cookie": f"{settings.SESSION_COOKIE_NAME}={session_key_of(ben)}"})
    UserSession.objects.all().delete()
    assert who(browser) == ben
    assert who(browser).group_ids == ()


def test_nobody_gets_in_by_a_row_of_the_list_of_devices(ada, ben):
    """The row says whose session it is, but only the signed session decides."""
    key = session_key_of(ben)
    UserSession.objects.filter(session_key=key).update(user=ada)
    assert who(Client(headers={"cookie": f"{settings.SESSION_COOKIE_NAME}={key}"})) == ben


def test_a_new_secret_key_ends_no_session(ben, settings):
    key = session_key_of(ben)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = key
    assert who(browser) == ben
    settings.SECRET_KEY_FALLBACKS = []
    assert not who(Client(headers={"cookie": f"{settings.SESSION_COOKIE_NAME}={key}"})).is_authenticated
