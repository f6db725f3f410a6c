from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time

from tests.accounts.conftest import PASSWORD

WHERE = "/accounts/2fa/authenticate/"


def current(secret):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def who(client):
    return client.get("/u/Ada/").wsgi_request.user


def set_up(client, user):
    """Turns the authenticator app on through the pages. The site also creates recovery codes."""
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    client.post("/accounts/2fa/totp/activate/", {"code": current(secret)})
    codes = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    client.logout()
    return secret, codes


def test_with_an_app_the_password_alone_lets_nobody_in(ada, signed_in_by_password, enter):
    client = signed_in_by_password(ada)
    set_up(client, ada)
    assert enter(client, "Ada").url == WHERE
    assert not who(client).is_authenticated
    client.post(WHERE, {"code": "000000"})
    assert not who(client).is_authenticated


def test_a_recovery_code_lets_in_once(ada, signed_in_by_password, enter):
    client = signed_in_by_password(ada)
    _, codes = set_up(client, ada)
    assert len(codes) == 10
    enter(client, "Ada")
    client.post(WHERE, {"code": codes[0]})
    assert who(client) == ada
    client.logout()
    enter(client, "Ada")
    client.post(WHERE, {"code": codes[0]})
    assert not who(client).is_authenticated
    client.post(WHERE, {"code": codes[1]})
    assert who(client) == ada


def test_the_code_of_the_app_lets_in(ada, signed_in_by_password, enter):
    client = signed_in_by_password(ada)
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(ada, secret)
    client.logout()
    enter(client, "Ada")
    client.post(WHERE, {"code": current(secret)})
    assert who(client) == ada


def test_the_pages_about_it_ask_for_the_password_again(ada, client, with_password, enter):
    with_password(ada)
    enter(client, "Ada")
    assert client.get("/accounts/2fa/totp/activate/").url.startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200
