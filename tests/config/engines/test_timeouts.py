"""Postgres cancels what takes too long for a page, and a page that waits for a frozen Postgres gives up."""

import os
import signal
import time
from threading import Event, Thread

import pytest
from django.db import OperationalError, close_old_connections, connection, transaction
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from config import urls
from config.engines.postgresql import outage, timeouts
from config.web import errors
from tests.cast import member
from tests.processes import socket_that_never_answers, wait_until

handler500 = errors.server_error


@csrf_exempt
def nap(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [float(request.GET["seconds"])])
    return HttpResponse("rested")


@csrf_exempt
def rename(request):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET username = 'Renamed'")
    return HttpResponse("renamed")


urlpatterns = [path("nap/", nap), path("rename/", rename), *urls.urlpatterns]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db(transaction=True)]
LONG = 0.4
"""Seconds that pages may take in these tests."""


def setting(name):
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return cursor.fetchone()[0]


@pytest.fixture(autouse=True)
def _as_command():
    """This process does not answer requests, even if a test before this one has loaded `config.wsgi`."""
    timeouts.answer_requests(False)


@pytest.fixture
def as_page(settings):
    """This process answers requests, and its connections are new."""
    settings.PAGE_SECONDS, settings.PAGE_LOCK_SECONDS = LONG, LONG
    connection.close()
    timeouts.answer_requests()
    yield
    timeouts.answer_requests(False)
    connection.close()


def test_pages_have_seconds_and_commands_have_an_hour(settings):
    connection.close()
    assert (setting("statement_timeout"), setting("lock_timeout")) == ("1h", "1min")
    connection.close()
    timeouts.answer_requests()
    try:
        assert (setting("statement_timeout"), setting("lock_timeout")) == ("5s", "3s")
        settings.TRANSACTION_POOLER = True
        connection.close()
        assert (setting("statement_timeout"), setting("lock_timeout")) == ("0", "0")
    finally:
        timeouts.answer_requests(False)
        connection.close()


def test_a_slow_statement_becomes_a_page_that_says_so(as_page, client):
    assert client.get("/nap/?seconds=0").content == b"rested"
    started = time.monotonic()
    answer = client.get("/nap/?seconds=9")
    assert time.monotonic() - started < LONG + 1
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert errors.TOOK_TOO_LONG in answer.text
    assert '<a class="button" href="/nap/?seconds=9">Try again</a>' in answer.text
    assert client.get("/nap/?seconds=0").content == b"rested"


def test_a_text_that_waited_for_a_lock_is_given_back(as_page, client):
    member("Ada")
    locked, done = Event(), Event()

    def hold_lock():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_user SET username = 'Locked'")
            locked.set()
            done.wait(20)
        connection.close()

    holding = Thread(target=hold_lock)
    holding.start()
    try:
        locked.wait(20)
        answer = client.post("/rename/", {"body": "An hour of my life."})
    finally:
        done.set()
        holding.join()
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert errors.TOOK_TOO_LONG in answer.text
    assert "An hour of my life." in answer.text
    assert client.post("/rename/", {"body": "An hour of my life."}).content == b"renamed"


def test_a_page_gives_up_waiting_for_a_frozen_postgres(as_page, client):
    client.raise_request_exception = False
    assert client.get("/nap/?seconds=0").content == b"rested"
    frozen = connection.connection.info.backend_pid
    os.kill(frozen, signal.SIGSTOP)
    try:
        started = time.monotonic()
        answer = client.get("/nap/?seconds=0")
        assert LONG < time.monotonic() - started < LONG + timeouts.SPARE + 1
        assert answer.status_code == 503
        assert "cannot reach its database" in answer.text
    finally:
        os.kill(frozen, signal.SIGCONT)
    close_old_connections()  # as after every request; the test client leaves it out
    assert client.get("/nap/?seconds=0").content == b"rested"
    assert connection.connection.info.backend_pid != frozen


def test_a_command_waits_for_a_frozen_postgres():
    connection.close()
    assert setting("statement_timeout") == "1h"
    frozen = connection.connection.info.backend_pid
    os.kill(frozen, signal.SIGSTOP)
    thawing = Thread(target=lambda: (time.sleep(1 + LONG + timeouts.SPARE), os.kill(frozen, signal.SIGCONT)))
    thawing.start()
    assert setting("statement_timeout") == "1h"
    thawing.join()


def test_after_a_connection_that_took_too_long_the_next_requests_do_not_wait(as_page, settings):
    connection.close()
    with socket_that_never_answers() as port:
        ours = connection.settings_dict | {"HOST": "127.0.0.1", "PORT": str(port)}
        usual, connection.settings_dict = connection.settings_dict, ours
        try:
            for shortest, longest in ((2, 4), (0, 0.5), (0, 0.5)):
                started = time.monotonic()
                with pytest.raises(OperationalError):
                    connection.ensure_connection()
                assert shortest <= time.monotonic() - started < longest
        finally:
            connection.settings_dict = usual
    assert wait_until(lambda: not outage.is_on())  # the server is gone: it refuses instead
