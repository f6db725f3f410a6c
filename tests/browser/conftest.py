"""A real browser, for what only a browser can show. Skipped, with a reason, where there is no Chromium."""

import os
import shutil
import threading

import pytest
from playwright.sync_api import sync_playwright

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
    opened, complaints = [], []

    def open_one(user=None, *, scripts=True, **options):
        context = browser.new_context(base_url=live_server.url, java_script_enabled=scripts, **options)
        opened.append(context)
        if user is not None:
            context.add_cookies([_session(user, live_server.url)])
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if _is_a_violation(line) else None)
        return page

    yield open_one
    for context in opened:
        context.close()
    _let_the_server_finish()
    assert complaints == []


@pytest.fixture
def page(open_page):
    """A visitor's tab on a wide screen."""
    return open_page(viewport={"width": 1280, "height": 800})


def _let_the_server_finish():
    """A page that is closed sends its last draft; emptying the database meanwhile would be a deadlock."""
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=5)


def _session(user, url):
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key, "url": url}


def _is_a_violation(line):
    return line.type == "error" and "Content Security Policy" in line.text
