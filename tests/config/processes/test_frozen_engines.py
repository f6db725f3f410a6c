"""Engines that do not answer: pages say so in time, and pages that need no query are answered at once."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from config.engines import daemons, embedded, postgres
from config.engines.directories import Directories
from config.management.operator_error import OperatorError
from tests import data_directory, processes
from tests.config.processes.site import Site

pytestmark = [pytest.mark.processes, pytest.mark.loss]
MOST_SECONDS = 10


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    data = tmp_path_factory.mktemp("fm")
    data_directory.copy_site(data)
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
        return site.get("/", Cookie=f"sessionid={'a' * 32}")  # asks the database for the session

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


def test_slow_statements_in_all_workers_delay_no_health_check(site, data):
    address = f"host={Directories(data).sockets} user={postgres.USER} dbname={postgres.NAME}"
    with psycopg.connect(address) as other, ThreadPoolExecutor(6) as crowd:
        other.execute("LOCK TABLE forums_topic IN ACCESS EXCLUSIVE MODE")
        waiting = [
            crowd.submit(site.get, "/?list=unanswered&utm=1") for _ in range(6)
        ]  # a list that is not kept
        checks = []
        while not all(each.done() for each in waiting):
            checks.append(site.health())
            time.sleep(0.05)
        other.rollback()
    assert {each.result().status for each in waiting} == {503}
    assert (
        max(each.result().seconds for each in waiting) > 4
    )  # each worker had two or more, one after the other
    assert {check.text for check in checks} == {"ok"}
    assert max(check.seconds for check in checks) < 1


def test_processes_that_are_stopped_are_replaced(site, data):
    def named(name):
        running = processes.running_in(data).items()
        return {pid for pid, command in running if command.startswith(f"folkmoot-{name}")}

    before = {name: named(name) for name in ("pages", "sockets", "jobs")}
    workers = {pid for pid in before["pages"] if parent(pid) in before["pages"]}
    stopped = {max(workers), *before["sockets"], *before["jobs"]}
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    assert processes.wait_until(lambda: not stopped & named(""))
    assert processes.wait_until(
        lambda: {name: len(named(name)) for name in before} == {n: len(p) for n, p in before.items()}
    )
    assert processes.wait_until(lambda: processes.listens(site.port + 1) and site.health().text == "ok")
    assert all(site.get("/healthz").status == 200 for _ in range(10))


def parent(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


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
