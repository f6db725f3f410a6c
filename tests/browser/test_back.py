"""Back with the browser's back/forward cache, which Playwright switches off by default."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from forums.models import Category, Topic
from forums.notifications import dispatch
from tests.browser.conftest import ARGUMENTS, CHROMIUM, _session
from tests.browser.tabs import Tabs
from tests.browser.topic_page import wait_for_scripts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def open_cached(browser, live_server):
    """Opens a member's tab in a browser that keeps pages for Back."""
    switched = ["--disable-back-forward-cache"]
    cached = browser.browser_type.launch(
        executable_path=CHROMIUM, args=ARGUMENTS, ignore_default_args=switched
    )
    tabs = Tabs(cached, live_server.url, has_sockets=False)
    yield lambda member: tabs.open([_session(member, live_server.url)])
    errors = tabs.end_test()
    cached.close()
    assert errors == []


@pytest.fixture
def topic(ada, ben):
    town = Category.objects.create(name="Town", slug="town")
    topic = Topic.open(author=ada, category=town, title="Limes?", body="Shall we?", token=uuid4())
    topic.reply(author=ben, parent=topic.comments.get(), body="They drip.", token=uuid4())
    dispatch.dispatch_events()
    return topic


def test_after_signing_out_back_shows_nothing_personal(open_cached, ada, topic):
    page = open_cached(ada)
    for address, personal in (("/accounts/email/", ada.email), ("/notifications/", "They drip.")):
        page.goto(address)
        expect(page.locator("body")).to_contain_text(personal)
    page.get_by_label("Your menu, Ada").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Join")).to_be_visible()
    for _ in range(2):
        page.go_back()
        expect(page.locator("html")).to_have_attribute("data-viewer", "visitor")
        text = page.content()
        assert (ada.email in text, "They drip." in text) == (False, False)


def test_after_reading_back_shows_the_true_counters(open_cached, ada, topic):
    page = open_cached(ada)
    page.goto("/")
    wait_for_scripts(page)
    bell = page.locator(".bell .count")
    expect(bell).to_have_text("1")
    page.get_by_role("link", name="Limes?", exact=True).click()
    expect(page.locator(".comment")).to_contain_text("They drip.")
    page.go_back()
    expect(page.locator(".topics, [data-behavior~=topics]").first).to_be_visible()
    expect(bell).to_be_hidden()
