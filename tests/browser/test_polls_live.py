"""Two tabs and a site as people run it: what one does, the other sees."""

import json

import pytest
from playwright.sync_api import expect

from tests.config import site


def beside(data, *words):
    code, output, errors = site.finish(site.start("-m", "tests.polls.electorate", *words, data=data))
    assert code == 0, errors
    return json.loads(output)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A running site with three members and two open polls: its address, its cookie's name and the electorate."""
    data, port = tmp_path_factory.mktemp("fm"), site.free_port()
    running = site.start("manage.py", "quickstart", "--no-demo", "--port", str(port), data=data)
    try:
        assert "Folkmoot is at" in site.read_until(running, "Ctrl-C")
        yield f"http://127.0.0.1:{port}", f"sessionid_{port}", beside(data, "prepare", "3")
    finally:
        running.terminate()
        site.finish(running)


@pytest.fixture
def tab(town, browser):
    """`tab(0)` is the poll's page as the first member sees it."""
    address, cookie, electorate = town
    opened = []

    def tab(place, poll=0):
        context = browser.new_context(base_url=address)
        opened.append(context)
        session = electorate["sessions"][place]
        context.add_cookies([{"name": cookie, "value": session, "url": address}])
        page = context.new_page()
        page.goto(f"/poll/{electorate['polls'][poll]['id']}/")
        expect(page.locator("[data-live-state]")).to_have_text("live")
        return page

    yield tab
    for context in opened:
        context.close()


def test_a_vote_in_one_tab_moves_the_bars_in_another_without_a_reload(tab):
    one, other = tab(0), tab(1)
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


def test_two_tabs_of_one_member_leave_one_ballot(tab):
    one, other = tab(2, poll=1), tab(2, poll=1)
    one.get_by_role("radio", name="Ash").check()
    one.get_by_role("button", name="Cast your ballot").click()
    expect(one.locator(".poll")).to_contain_text("Your ballot has been counted")
    other.get_by_role("radio", name="Elm").check()
    other.get_by_role("button", name="Cast your ballot").click()
    expect(other.locator(".poll")).to_contain_text("Your first ballot counts, and this one does not")
    expect(one.locator("[data-turnout]")).to_have_text("1")
