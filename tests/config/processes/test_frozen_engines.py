"""Engines that do not answer: pages say so in time, and pages that need no query are answered at once."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.engines import daemons, embedded
from config.engines.directories import Directories
from config.management.operator_error import OperatorError
from tests import database, processes
from tests.config.processes.site import Site

pytestmark = [pytest.mark.processes, pytest.mark.loss]
MOST_SECONDS = 10


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    data = tmp_path_factory.mktemp("fm")
    database.copy_into(data)
    return data


@pytest.fixture(scope="module")
def site(data):
    with Site(data) as site:
        yield site


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


def test_while_postgres_is_frozen_pages_fail_soon_and_cached_pages_are_there(site, data):
    def ask_for_a_page(number):
        return site.get("/", Cookie="sessionid=abc")  # asks the database for the session

    for _ in range(20):
        assert site.get("/").status == 200  # both workers keep a copy
    assert ask_for_a_page(0).status == 200
    with frozen(Directories(data).postgres / "postmaster.pid"), ThreadPoolExecutor(6) as crowd:
        answers = list(crowd.map(ask_for_a_page, range(12)))
        assert {answer.status for answer in answers} == {503}
        assert max(answer.seconds for answer in answers) < MOST_SECONDS
        waiting = crowd.map(ask_for_a_page, range(100))
        for path in ("/healthz", "/") * 10:
            answer = site.get(path)
            assert (answer.status, answer.seconds < 2) == (200, True)
        assert {answer.status for answer in waiting} == {503}
    assert processes.wait_until(lambda: ask_for_a_page(0).status == 200)
    log = (data / "log" / "pages.log").read_text()
    assert "postgres does not answer" in log and "postgres answers again" in log
    assert "Traceback" not in log
    assert {line[0] for line in log.splitlines()} == {"{"}


@pytest.mark.parametrize(
    ("pid_file", "name"),
    [
        ("postgres/postmaster.pid", "postgres"),
        ("redis/redis.pid", "redis"),
        ("redis-cache/redis.pid", "redis cache"),
    ],
)
def test_beside_an_engine_that_is_frozen_no_second_one_starts(site, data, monkeypatch, pid_file, name):
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
    embedded.leave(data)
