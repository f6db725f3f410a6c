"""Signing in with an account elsewhere. The test runs its own OpenID Connect provider on a local port."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from accounts.models import User

LOGIN, CALLBACK, SIGNUP = (
    "/accounts/oidc/example/login/",
    "/accounts/oidc/example/login/callback/",
    "/accounts/3rdparty/signup/",
)


class Provider(BaseHTTPRequestHandler):
    person = {"sub": "42", "email": "dora@example.org", "email_verified": True, "preferred_username": "Dora"}

    def do_GET(self):
        here = f"http://127.0.0.1:{self.server.server_port}"
        configuration = {
            "issuer": here,
            "authorization_endpoint": f"{here}/authorize",
            "token_endpoint": f"{here}/token",
            "userinfo_endpoint": f"{here}/me",
        }
        self._say(self.person if self.path == "/me" else configuration)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self._say({"access_token": "let me in", "token_type": "Bearer"})

    def _say(self, answer):
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        """Logs nothing, because the tests examine the site only."""


@pytest.fixture
def provider(settings):
    server = HTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    app = {"provider_id": "example", "name": "Example", "client_id": "folkmoot", "secret": "s"}
    settings.OIDC_PROVIDERS = [app | {"settings": {"server_url": url}}]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": settings.OIDC_PROVIDERS}}
    yield url
    server.shutdown()
    server.server_close()


def come_back(client):
    """Visits the provider, which agrees at once, and returns with its answer."""
    there = urlsplit(client.post(LOGIN).url)
    state = parse_qs(there.query)["state"][0]
    return client.get(CALLBACK, {"code": "yes", "state": state})


def test_without_providers_the_page_offers_none(db, client):
    assert "Continue with" not in client.get("/accounts/login/").content.decode()


def test_a_visitor_goes_to_the_provider_and_comes_back_a_member_with_a_name_of_choice(db, client, provider):
    assert f'href="{LOGIN}?process=login"' in client.get("/accounts/login/").content.decode()
    assert client.post(LOGIN).url.startswith(f"{provider}/authorize?client_id=folkmoot")
    assert come_back(client).url == SIGNUP
    assert "You are signed in with Example." in client.get(SIGNUP).content.decode()
    client.post(SIGNUP, {"username": "Dora", "email": "dora@example.org"})
    user = client.get("/accounts/settings/").wsgi_request.user
    assert (user.username, user.email, user.has_usable_password()) == ("Dora", "dora@example.org", False)
    client.logout()
    come_back(client)
    assert client.get("/accounts/settings/").wsgi_request.user == user


def test_names_are_as_strictly_kept_for_those_who_come_from_elsewhere(mod, client, provider):
    come_back(client)
    for name in ("Mod", "M0d", "ᴍᴏᴅ", "admin", "ađmin", "a b"):
        assert client.post(SIGNUP, {"username": name, "email": "dora@example.org"}).status_code == 200
    assert list(User.objects.values_list("username", flat=True)) == ["Mod"]


def test_a_provider_does_not_open_the_account_of_a_member_with_the_same_address(
    ada, client, provider, monkeypatch
):
    monkeypatch.setitem(Provider.person, "email", "ada@example.org")
    come_back(client)
    client.post(SIGNUP, {"username": "Dora", "email": "ada@example.org"})
    assert not client.get("/accounts/settings/").wsgi_request.user.is_authenticated
    assert not ada.socialaccount_set.exists()


def test_an_answer_that_nobody_asked_for_is_refused(db, client, provider):
    assert "session" not in client.get(CALLBACK, {"code": "yes", "state": "made up"}).headers.get(
        "Location", ""
    )
    assert not client.get("/accounts/settings/").wsgi_request.user.is_authenticated
    assert User.objects.count() == 0


def test_a_suspended_member_stays_outside_by_this_door_too(db, mod, client, provider):
    come_back(client)
    client.post(SIGNUP, {"username": "Dora", "email": "dora@example.org"})
    User.objects.get(username="Dora").suspend(by=mod, reason="Spam")
    client.logout()
    assert come_back(client).status_code == 403
    assert not client.get("/accounts/settings/").wsgi_request.user.is_authenticated
