"""A real browser, for what only a browser can show. Skipped, with a reason, where there is no Chromium."""

import os
import shutil
import threading
import time

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.town import Town

# Only what fails waits for so long: a machine may have other work than these tests.
expect.set_options(timeout=20_000)
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# Quiet and without anything that speaks to the network on its own.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items):
    missing = pytest.mark.skip(reason="no Chromium on this machine: apt-get install chromium")
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(missing)


@pytest.fixture(scope="module")
def browser():
    """The system's Chromium, one a file."""
    # Playwright keeps an event loop in this thread, in which Django would refuse to ask its database. It ends with the
    # file: other tests of this worker want the thread without.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(browser, live_server):
    """A function that opens a tab of a new visitor: `open_page(user=None, scripts=True, **context)`.

    At the end, no tab may have met an error in a script or something that the security policy forbids.
    """
    tabs = Tabs(browser, live_server.url)

    def open_one(user=None, **options):
        return tabs.open([] if user is None else [_session(user, live_server.url)], **options)

    yield open_one
    tabs.close()
    _let_the_server_finish()
    assert tabs.complaints == []


@pytest.fixture(scope="session")
def town(tmp_path_factory):
    """One site with sockets for all live tests; each of them opens topics of its own."""
    running = Town(tmp_path_factory.mktemp("fm"))
    yield running
    running.close()


@pytest.fixture
def tab(browser, town):
    """`tab("Ben", "/t/7/")` is Ben's new tab there; without a name it is a visitor's. As with `open_page`, no tab may
    have met an error."""
    tabs = Tabs(browser, town.address)

    def open_one(name=None, address="/", **options):
        page = tabs.open([town.cookie(name)] if name else [], **options)
        page.goto(address)
        page.wait_for_load_state("networkidle")  # all behaviours are awake
        return page

    yield open_one
    tabs.close()
    assert tabs.complaints == []


@pytest.fixture
def page(open_page):
    """A visitor's tab on a wide screen."""
    return open_page(viewport={"width": 1280, "height": 800})


class Tabs:
    """Tabs of different people, and what went wrong in them."""

    def __init__(self, browser, address):
        self.browser, self.address = browser, address
        self.opened, self.complaints = [], []

    def open(self, cookies, *, scripts=True, **options):
        context = self.browser.new_context(base_url=self.address, java_script_enabled=scripts, **options)
        self.opened.append(context)
        context.add_cookies(cookies)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: self.complaints.append(line.text) if _is_a_violation(line) else None)
        return page

    def close(self):
        for context in self.opened:
            context.close()


def _let_the_server_finish():
    """A page that is closed sends its last draft; emptying the database meanwhile would be a deadlock."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and any(
        "process_request_thread" in thread.name for thread in threading.enumerate()
    ):
        time.sleep(0.01)


def _session(user, url):
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key, "url": url}


def _is_a_violation(line):
    return line.type == "error" and "Content Security Policy" in line.text
