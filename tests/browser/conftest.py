"""Drives a real browser. Skips its tests, with a reason, where there is no Chromium."""

import os
import re
import shutil
import threading
import time
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.live_site import LiveSite
from tests.browser.topic_page import wait_for_scripts

# Long, because the machine may be busy. Only a failing test waits this long.
expect.set_options(timeout=20_000)
# The first has no windows. In the others, each tab that a test opens takes four times the processor time.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, PROGRAMS)), None)
NO_CHROMIUM = "no Chromium on this machine: apt-get install chromium-headless-shell"
# No window, and no requests of its own to the network.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# `live_server` has no sockets, and the console would report each attempt. Not `route_web_socket`: after n pages in a
# tab, the next page costs Playwright n messages.
REFUSED_SOCKETS = """
WebSocket = class {
  static CONNECTING = 0;
  static OPEN = 1;
  readyState = WebSocket.CONNECTING;
  constructor() {
    setTimeout(() => {
      this.readyState = 3;
      this.onclose(new CloseEvent("close", { code: 1006 }));
    });
  }
  close() {}
};
"""


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items):
    missing = pytest.mark.skip(reason=NO_CHROMIUM)
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            if "site" in item.fixturenames:
                item.add_marker(pytest.mark.xdist_group("site"))
            if CHROMIUM is None:
                item.add_marker(missing)


@contextmanager
def chromium():
    """Starts the system's Chromium."""
    # Playwright keeps an event loop running in this thread, and Django refuses database queries in such a thread.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="package")
def browser():
    """Chromium for all tests of this folder. It ends with them, because other tests need the thread without a loop."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def open_page(request, browser, live_server):
    """Opens a tab of a new visitor, or of a member: `open_page(user=None, scripts=True, **context)`.

    The test fails if the console of a tab showed an error that the marker `console_errors` does not announce.
    """
    tabs = Tabs(browser, live_server.url, has_sockets=False)

    def open_one(user=None, **options):
        return tabs.open([] if user is None else [_session(user, live_server.url)], **options)

    yield open_one
    tabs.close()
    _let_the_server_finish()
    assert unannounced(tabs.errors, request.node) == []


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """One running site with sockets for all live tests, which one worker runs. Each test opens topics of its own."""
    running = LiveSite(tmp_path_factory.mktemp("fm"))
    yield running
    running.close()


@pytest.fixture
def tab(request, browser, site):
    """Opens a new tab of the running site: `tab("Ben", "/t/7/")`. Without a name it is a visitor's.

    As with `open_page`, the test fails if the console of a tab showed an error.
    """
    tabs = Tabs(browser, site.address)

    def open_one(name=None, address="/", **options):
        page = tabs.open([site.cookie(name)] if name else [], **options)
        page.goto(address)
        if options.get("scripts", True):
            wait_for_scripts(page)
        return page

    yield open_one
    tabs.close()
    assert unannounced(tabs.errors, request.node) == []


@pytest.fixture
def page(open_page):
    """A visitor's tab on a wide screen."""
    return open_page(viewport={"width": 1280, "height": 800})


class Tabs:
    """Opens tabs of different people and collects their errors."""

    def __init__(self, browser, address, *, has_sockets=True):
        self.browser, self.address, self.has_sockets = browser, address, has_sockets
        self.opened, self.errors = [], []

    def open(self, cookies, *, scripts=True, **options):
        options = {"timezone_id": "UTC"} | options  # members of tests live there too
        context = self.browser.new_context(base_url=self.address, java_script_enabled=scripts, **options)
        self.opened.append(context)
        context.add_cookies(cookies)
        if not self.has_sockets:
            context.add_init_script(REFUSED_SOCKETS)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._keep)
        return page

    def _keep(self, line):
        if line.type == "error":
            self.errors.append(f"{line.text} ({line.location['url'].removeprefix(self.address)})")

    def close(self):
        for context in self.opened:
            context.close()


def unannounced(errors, test):
    """Returns the errors that the test does not announce: `@pytest.mark.console_errors("pattern", …)`."""
    announced = [re.compile(each) for mark in test.iter_markers("console_errors") for each in mark.args]
    return [error for error in errors if not any(each.search(error) for each in announced)]


def _let_the_server_finish():
    """Waits for requests that are still running: a closed page sends its last draft, which would block the cleanup."""
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
