"""Drives a real browser. Skips its tests, with a reason, where there is no Chromium."""

import os
import re
import shutil
import threading
from contextlib import contextmanager

import pytest
from django.core.signals import request_finished, request_started
from playwright.sync_api import expect, sync_playwright

from tests.browser.live_site import LiveSite
from tests.browser.tabs import Tabs
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


@pytest.fixture(scope="package")
def server_tabs(browser, live_server):
    return Tabs(browser, live_server.url, has_sockets=False)


@pytest.fixture(scope="package")
def running_requests():
    running = RunningRequests()
    yield running
    running.stop()


@pytest.fixture
def open_page(request, server_tabs, live_server, running_requests):
    """Opens a tab of a new visitor, or of a member: `open_page(user=None, **options)`, the options of `Tabs.open`.

    The test fails if the console of a tab showed an error that the marker `console_errors` does not announce.
    """

    def open_one(user=None, **options):
        return server_tabs.open([] if user is None else [_session(user, live_server.url)], **options)

    yield open_one
    errors = server_tabs.end_test()
    running_requests.wait()
    assert unannounced(errors, request.node) == []


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """One running site with sockets for all live tests, which one worker runs. Each test opens topics of its own."""
    running = LiveSite(tmp_path_factory.mktemp("fm"))
    yield running
    running.close()


@pytest.fixture(scope="package")
def site_tabs(browser, site):
    return Tabs(browser, site.address)


@pytest.fixture
def tab(request, site_tabs, site):
    """Opens a new tab of the running site: `tab("Ben", "/t/7/")`. Without a name it is a visitor's.

    As with `open_page`, the test fails if the console of a tab showed an error.
    """

    def open_one(name=None, address="/", **options):
        page = site_tabs.open([site.cookie(name)] if name else [], **options)
        page.goto(address)
        if options.get("scripts", True):
            wait_for_scripts(page)
        return page

    yield open_one
    assert unannounced(site_tabs.end_test(), request.node) == []


@pytest.fixture
def page(open_page):
    """A visitor's tab on a wide screen."""
    return open_page(viewport={"width": 1280, "height": 800})


def unannounced(errors, test):
    """Returns the errors that the test does not announce: `@pytest.mark.console_errors("pattern", …)`."""
    announced = [re.compile(each) for mark in test.iter_markers("console_errors") for each in mark.args]
    return [error for error in errors if not any(each.search(error) for each in announced)]


class RunningRequests:
    """Counts the requests that the live server is answering, by Django's signals."""

    def __init__(self):
        self.change, self.count = threading.Condition(), 0
        request_started.connect(self._begin)
        request_finished.connect(self._end)

    def stop(self):
        request_started.disconnect(self._begin)
        request_finished.disconnect(self._end)

    def _begin(self, **_):
        with self.change:
            self.count += 1

    def _end(self, **_):
        with self.change:
            self.count -= 1
            self.change.notify_all()

    def wait(self):
        """Waits for their end: a page that is left sends its last draft, which would block the cleanup."""
        with self.change:
            self.change.wait_for(lambda: self.count == 0, timeout=5)


def _session(user, url):
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key, "url": url}
