"""Engines that do not answer: pages say so in time, and pages that need no query are answered at once."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from config.engines import daemons, embedded
from config.engines.directories import Directories
from config.management.operator_error import OperatorError
from tests import database, processes

pytestmark = [pytest.mark.processes, pytest.mark.loss]
SAFE = {"SECRET_KEY": "k" * 50, "ALLOWED_HOSTS": "localhost", "SITE_URL": "http://localhost"}
MOST_SECONDS = 10
NEEDS_DATABASE = {"Cookie": "sessionid=abc"}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    data = tmp_path_factory.mktemp("fm")
    database.copy_into(data)
    return data


@pytest.fixture(scope="module")
def ask(data):
    """Starts a site. `ask(path, headers)` returns the status of a page, and the seconds that it took."""
    port = processes.free_port()
    command = ("serve", "--port", str(port), "--workers", "2", "--sockets", "1")
    site = processes.start("manage.py", *command, data=data, **SAFE)
    printed = processes.read_until(site, "Pages on")
    assert "Pages on" in printed, printed + site.stderr.read()

    def ask(path, headers=None):
        began = time.monotonic()
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", path, headers={"Host": "localhost"} | (headers or {}))
        status = connection.getresponse().status
        connection.close()
        return status, time.monotonic() - began

    yield ask
    site.terminate()
    processes.finish(site)


@contextmanager
def frozen(pid_file):
    """Stops a server with its children, yields its process id, and lets them go on at the end."""
    server = pid_file.read_text().split()[0]
    engine = [
        int(pid) for pid in (server, *Path(f"/proc/{server}/task/{server}/children").read_text().split())
    ]
    for pid in engine:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield int(server)
    finally:
        for pid in engine:
            os.kill(pid, signal.SIGCONT)


def test_while_postgres_is_frozen_pages_fail_soon_and_cached_pages_are_there(ask, data):
    for _ in range(20):
        assert ask("/")[0] == 200  # both workers keep a copy
    assert ask("/", NEEDS_DATABASE)[0] == 200
    with frozen(Directories(data).postgres / "postmaster.pid"), ThreadPoolExecutor(6) as crowd:
        answers = list(crowd.map(lambda _: ask("/", NEEDS_DATABASE), range(12)))
        assert {status for status, _ in answers} == {503}
        assert max(seconds for _, seconds in answers) < MOST_SECONDS
        waiting = crowd.map(lambda _: ask("/", NEEDS_DATABASE), range(100))
        for path in ("/healthz", "/") * 10:
            status, seconds = ask(path)
            assert (status, seconds < 2) == (200, True)
        assert {status for status, _ in waiting} == {503}
    assert processes.wait_until(lambda: ask("/", NEEDS_DATABASE)[0] == 200)
    log = (data / "log" / "pages.log").read_text()
    assert "postgres does not answer" in log and "postgres answers again" in log
    assert "Traceback" not in log


@pytest.mark.parametrize(
    ("pid_file", "name"),
    [
        ("postgres/postmaster.pid", "postgres"),
        ("redis/redis.pid", "redis"),
        ("redis-cache/redis.pid", "redis cache"),
    ],
)
def test_beside_an_engine_that_is_frozen_no_second_one_starts(ask, data, monkeypatch, pid_file, name):
    monkeypatch.setattr(daemons, "ANSWER_SECONDS", 1)
    pid_file = Directories(data).engines / pid_file
    with frozen(pid_file) as server:
        with pytest.raises(
            OperatorError, match=rf"^The embedded {name} \(process {server}\) runs and does not"
        ):
            embedded.ensure(data, patience=0)
        assert int(pid_file.read_text().split()[0]) == server
    embedded.ensure(data)
    assert int(pid_file.read_text().split()[0]) == server
    embedded.leave()
