"""Only staff may enter the admin, with a second factor if the site requires it."""

import pytest
from allauth.mfa.models import Authenticator


@pytest.fixture
def demanded(settings):
    settings.STAFF_MFA_REQUIRED = True


@pytest.fixture
def with_factor():
    def with_factor(user, kind="totp"):
        Authenticator.objects.create(user=user, type=kind, data={})
        return user

    return with_factor


def test_a_password_is_enough_where_the_site_says_nothing(sign_in, root):
    assert sign_in(root).get("/admin/").status_code == 200


def test_staff_without_a_second_factor_are_led_to_set_one_up(sign_in, demanded, root, with_factor):
    browser = sign_in(root)
    for page in (
        "/admin/",
        "/admin/accounts/user/",
        "/admin/autocomplete/?app_label=forums&model_name=topic",
    ):
        led = browser.get(page, follow=True)
        assert led.redirect_chain[-1][0] == "/accounts/2fa/"
        assert "set up a second factor first" in led.text
    with_factor(root)
    assert browser.get("/admin/").status_code == 200


def test_nothing_can_be_done_without_it(sign_in, demanded, root, limes, with_factor):
    browser, lock = sign_in(root), {"action": "lock", "_selected_action": [limes.pk]}
    browser.post("/admin/forums/topic/", lock)
    limes.refresh_from_db()
    assert not limes.is_locked
    with_factor(root, "webauthn")
    browser.post("/admin/forums/topic/", lock)
    limes.refresh_from_db()
    assert limes.is_locked


def test_recovery_codes_alone_are_no_second_factor(sign_in, demanded, root, with_factor):
    assert sign_in(with_factor(root, "recovery_codes")).get("/admin/").status_code == 302


def test_members_and_visitors_are_not_told_what_staff_need(sign_in, visitor, demanded, ada):
    assert sign_in(ada).get("/admin/", follow=True).status_code == 403
    assert visitor.get("/admin/").status_code == 302
    assert visitor.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/accounts/login/")
    assert sign_in(ada).get("/").status_code == 200


def test_passwords_are_changed_on_the_page_that_asks_who_is_there(sign_in, root):
    assert sign_in(root).get("/admin/password_change/").url == "/accounts/password/change/"
