"""Page workers on a Unix socket: a free worker takes the next request."""

import os
import shutil
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event

import pytest

from config.management.operator_error import OperatorError
from config.processes import launch, priorities
from config.processes.process import ManagedProcess, _Connection
from tests import data_directory, processes

WORKERS = 2
SAFE = {"SECRET_KEY": "k" * 50, "ALLOWED_HOSTS": "localhost", "SITE_URL": "http://localhost"}

HALF_SENT = (
    b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nCookie: csrftoken=" + b"k" * 32 + b"\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\n"
)
"""A worker that reads this waits for nine more bytes."""


def start(data, unix):
    command = ("serve", "--port", str(processes.free_port()), "--workers", str(WORKERS), "--unix", str(unix))
    running = processes.start("manage.py", *command, data=data, **SAFE)
    printed = processes.read_until(running, "Pages on")
    assert f"Pages on {unix}," in printed, printed + running.stderr.read()
    return running


def answers(unix):
    return ManagedProcess("pages", None, None, unix).answers("localhost")


def status_with_header(unix, size):
    """Returns the status of the answer to a request with a header of this many bytes."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(unix))
        with suppress(BrokenPipeError):  # the answer can come before all was sent
            client.sendall(
                b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nCookie: a=" + b"b" * size + b"\r\n\r\n"
            )
        return int(client.recv(12).split()[1])


def workers(data):
    """Returns the ids of the page workers: page processes whose parent is a page process."""
    pages = [
        number
        for number, command in processes.running_in(data).items()
        if command.startswith("folkmoot-pages")
    ]
    stats = {number: Path(f"/proc/{number}/stat").read_text() for number in pages}
    return {number for number, stat in stats.items() if int(stat.rpartition(")")[2].split()[1]) in pages}


def niceness_of(pids):
    """Returns the nice values of all threads of the processes."""
    found = [Path(f"/proc/{number}/task").glob("*/stat") for number in pids]
    return {int(stat.read_text().rpartition(")")[2].split()[16]) for threads in found for stat in threads}


def niceness_of_session(process):
    """Returns the nice value of the process's session, or None if the kernel has no autogroups."""
    group = Path(f"/proc/{process}/autogroup")
    return int(group.read_text().split()[-1]) if group.exists() else None


def load(unix, ended):
    """Requests pages without a pause until `ended`. Returns the statuses."""
    found = set()
    while not ended.is_set():
        connection = _Connection(unix)
        connection.request("GET", "/t/1/limes/", headers={"Host": "localhost", "Cookie": "sessionid=none"})
        found.add(connection.getresponse().status)
        connection.close()
    return found


@pytest.mark.processes
def test_an_upgrade_refuses_no_request_and_needs_code_that_loads(tmp_path_factory):
    data = tmp_path_factory.mktemp("fm")
    unix = data / "pages.sock"
    data_directory.copy_site(data)
    running, ended = start(data, unix), Event()
    try:
        before = workers(data)
        with ThreadPoolExecutor(4) as crowd:
            readers = [crowd.submit(load, unix, ended) for _ in range(4)]
            code, said, errors = processes.manage("upgrade", data=data, **SAFE)
            assert (code, errors) == (0, ""), said + errors
            assert "Applied 0 migrations.\nThe site reloads the code" in said
            assert (
                f"(kill -HUP {running.pid})" in said and f"manage.py restore {data}/backups/folkmoot-" in said
            )
            try:
                assert f"Pages on {unix}," in processes.read_until(running, "Pages on")
            finally:
                ended.set()
            assert [reader.result() for reader in readers] == [{404}] * 4
        after = workers(data)
        assert len(after) == WORKERS and not before & after
        assert '"retired"' in processes.running_in(data)[running.pid]
        missing = data / "static"  # is now a file, so the new code cannot collect into it
        shutil.rmtree(missing)
        missing.touch()
        running.send_signal(signal.SIGHUP)
        assert "The code was not reloaded" in processes.read_until(running, "not reloaded")
        assert workers(data) == after and answers(unix)
    finally:
        running.terminate()
        processes.finish(running)
    assert not list(data.glob("pages.sock*"))


@pytest.mark.processes
def test_a_busy_worker_keeps_nobody_waiting_and_a_killed_one_is_replaced(tmp_path_factory):
    data = tmp_path_factory.mktemp("fm")
    unix = data / "pages.sock"
    data_directory.copy_site(data)
    running = start(data, unix)
    try:
        with socket.socket(socket.AF_UNIX) as slow:
            slow.connect(str(unix))
            slow.sendall(HALF_SENT)
            with ThreadPoolExecutor(8) as crowd:
                assert all(crowd.map(answers, [unix] * 40))
            slow.sendall(b"login=Ada")
            assert slow.recv(12) == b"HTTP/1.1 403"
        assert [status_with_header(unix, size) for size in (15_000, 17_000, 200_000)] == [200, 431, 431]
        assert niceness_of(workers(data)) == {0, priorities.NICENESS}
        (jobs,) = (
            number for number, name in processes.running_in(data).items() if name.startswith("folkmoot-jobs")
        )
        assert niceness_of([jobs]) == {priorities.NICENESS} and niceness_of_session(jobs) in (
            priorities.NICENESS,
            None,
        )
        before = workers(data)
        assert len(before) == WORKERS
        os.kill(min(before), signal.SIGKILL)
        assert all(answers(unix) for _ in range(20))
        assert processes.wait_until(
            lambda: len(workers(data)) == WORKERS and min(before) not in workers(data)
        )
        assert answers(unix)
    finally:
        running.terminate()
        processes.finish(running)
    assert not unix.exists()


def test_a_path_where_no_socket_can_be_is_named(tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("A letter")
    for path in (taken, tmp_path / "none" / "pages.sock", tmp_path / ("long" * 40)):
        with pytest.raises(OperatorError, match=f"{path} cannot be a Unix socket"):
            launch.check_addresses(processes.free_port(), path)
    assert taken.read_text() == "A letter"


def test_a_socket_that_somebody_answers_on_is_left_alone(tmp_path):
    path = tmp_path / "pages.sock"
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(path))
        other.listen()
        with pytest.raises(OperatorError, match="Address already in use"):
            launch.check_addresses(processes.free_port(), path)
        assert path.is_socket()
    launch.check_addresses(processes.free_port(), path)  # nobody answers now
    assert not path.exists()


def test_the_port_is_not_needed_beside_a_socket(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", processes.free_port()))
        launch.check_addresses(taken.getsockname()[1], tmp_path / "pages.sock")
