"""A poll in two tabs: a vote in one shows in the other."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def poll_page(site, tab):
    """Opens a poll, and returns a function that opens a tab of it for a member: `poll_page()("Ben")`."""

    def open_poll(secret=False):
        topic = site.do("open_topic", by="Ada", title="The market")
        question = {"question": "Which?", "options": ["Oak", "Ash", "Elm"]}
        poll = site.do("open_poll", by="Ada", topic=topic["id"], secret=secret, **question)

        def open_tab(name):
            page = tab(name, f"/poll/{poll}/")
            expect(page.locator("[data-live-state]")).to_have_text("live")
            return page

        return open_tab

    return open_poll


def test_a_vote_in_one_tab_moves_the_bars_in_another_without_a_reload(poll_page):
    open_tab = poll_page()
    one, other = open_tab("Ben"), open_tab("Cleo")
    for page in (one, other):
        page.evaluate("window.here = true")
    one.get_by_role("radio", name="Ash").check()
    one.get_by_role("button", name="Cast your ballot").click()
    expect(other.locator("[data-turnout]")).to_have_text("1")
    expect(other.locator(".results .is-leading")).to_contain_text("Ash")
    other.get_by_role("radio", name="Oak").check()
    other.get_by_role("button", name="Cast your ballot").click()
    expect(one.locator("[data-turnout]")).to_have_text("2")
    expect(one.locator(".results .number").first).to_have_text("1 · 50.0 %")
    assert one.evaluate("window.here") and other.evaluate("window.here")


@pytest.mark.console_errors(r"status of 409 .* \(/poll/\d+/vote/\)")
def test_two_tabs_of_one_member_leave_one_ballot(poll_page):
    open_tab = poll_page(secret=True)
    one, other = open_tab("Ben"), open_tab("Ben")
    one.get_by_role("radio", name="Ash").check()
    one.get_by_role("button", name="Cast your ballot").click()
    expect(one.locator(".poll")).to_contain_text("Your ballot has been counted")
    other.get_by_role("radio", name="Elm").check()
    other.get_by_role("button", name="Cast your ballot").click()
    expect(other.locator(".poll")).to_contain_text("Your first ballot counts, and this one does not")
    expect(one.locator("[data-turnout]")).to_have_text("1")
