"""Signing in with passkeys, in a real browser with Chromium's virtual authenticator."""

import pytest

from tests.accounts.conftest import PASSWORD
from tests.browser.conftest import CHROMIUM, NO_CHROMIUM, chromium, open_page, running_requests  # noqa: F401
from tests.browser.tabs import Tabs

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM),
]
SOFTWARE_KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def server_tabs(live_server):
    with chromium() as browser:
        yield Tabs(browser, live_server.url, has_sockets=False)


@pytest.fixture
def page(open_page):  # noqa: F811
    page = open_page(viewport={"width": 390, "height": 800}, fresh=True)
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": SOFTWARE_KEY})
    return page


def sign_in_by_password(page):
    page.goto("/accounts/login/")
    page.get_by_label("Name or e-mail address").fill("Ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def add_passkey(page, *, passwordless):
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Passwordless").set_checked(passwordless)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    page.context.clear_cookies()


def viewer(page):
    return page.locator("html").get_attribute("data-viewer")


def test_a_member_adds_a_passkey_and_signs_in_with_it_alone(page, ada, with_password):
    with_password(ada)
    sign_in_by_password(page)
    add_passkey(page, passwordless=True)
    page.goto("/accounts/login/")
    assert viewer(page) == "visitor"
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.locator("html[data-viewer=member]").wait_for(state="attached")


def test_a_security_key_comes_after_the_password(page, ada, with_password):
    with_password(ada)
    sign_in_by_password(page)
    add_passkey(page, passwordless=False)
    sign_in_by_password(page)
    assert page.url.endswith("/accounts/2fa/authenticate/")
    assert viewer(page) == "visitor"
    page.get_by_role("button", name="Use a passkey").click()
    page.locator("html[data-viewer=member]").wait_for(state="attached")
