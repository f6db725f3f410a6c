"""A passkey that does not work says why, also at an address where none can work."""

import pytest
from playwright.sync_api import expect

from tests.browser.topic_page import wait_for_scripts

pytestmark = pytest.mark.django_db(transaction=True)


def fail_to_sign_in(page, address):
    page.goto(address)
    wait_for_scripts(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    return page.get_by_role("alert")


def test_without_a_passkey_the_page_says_so(open_page):
    page = open_page(fresh=True)
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options | {"hasUserVerification": True}})
    expect(fail_to_sign_in(page, "/accounts/login/")).to_contain_text(
        "this device has no passkey for this site"
    )


def test_at_an_address_of_numbers_the_page_names_the_one_that_works(page, live_server):
    address = live_server.url.replace("localhost", "127.0.0.1")
    expect(fail_to_sign_in(page, f"{address}/accounts/login/")).to_contain_text(
        f"Open {live_server.url} instead."
    )
