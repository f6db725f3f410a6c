"""One command starts the whole site. Ctrl-C, SIGTERM or SIGKILL leaves no process behind."""

import http.client
import json
import os
import re
import shutil
import signal
import tempfile
import time
from pathlib import Path

import pytest

from tests import data_directory, processes
from tests.config.processes import scripts

pytestmark = pytest.mark.processes

ADDRESS = re.compile(r"^Folkmoot is at http://localhost:(\d+)$", re.M)
SIGN_IN = re.compile(r"^Sign in as admin with the password (\S+) \(shown only now\)\.$", re.M)


@pytest.fixture(scope="module")
def data():
    """A data directory with a migrated cluster. test_first_command.py starts the site in an empty one."""
    path = Path(tempfile.mkdtemp(prefix="fm-", dir="/tmp"))
    data_directory.copy_site(path)
    yield path
    assert processes.all_ended(path)
    shutil.rmtree(path)


def quickstart(data):
    """Starts a site. Returns its process, its port and its output."""
    port = processes.free_port()
    process = processes.start("manage.py", "quickstart", "--no-demo", "--port", str(port), data=data)
    printed = processes.read_until(process, "Ctrl-C")
    assert ADDRESS.findall(printed) == [str(port)], printed + process.stderr.read()
    return process, port, printed


def get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_quickstart_serves_until_sigterm_and_starts_again_after_kill_9(data):
    process, port, printed = quickstart(data)
    assert len(SIGN_IN.findall(printed)) == 1
    assert get(port, "/readyz") == (200, json.dumps({"postgres": "up", "redis": "up"}).encode())
    assert get(port + 1, "/readyz")[0] == 200
    code, output, _ = processes.manage("shell", "-v0", "-c", "print('beside')", data=data)
    assert (code, output) == (0, "beside\n")
    code, output, _ = processes.manage("shell", "-v0", "-c", scripts.OPEN_TOPIC + scripts.REPLY, data=data)
    assert (code, output) == (0, "1\ndone\n"), "the jobs run periodic tasks"
    assert get(port, "/readyz")[0] == 200

    sentence = processes.manage("quickstart", "--port", str(processes.free_port()), data=data)[2]
    assert sentence == f"Folkmoot is already running in {data}: stop it, or choose another --data.\n"

    process.kill()
    processes.finish(process)
    assert processes.all_ended(data)

    process, port, printed = quickstart(data)
    assert SIGN_IN.findall(printed) == []
    assert get(port, "/healthz") == (200, b"ok")
    process.send_signal(signal.SIGTERM)
    code, _, errors = processes.finish(process)
    assert (code, errors) == (0, "")
    assert processes.running_in(data) == {}


@pytest.mark.parametrize(
    ("moment", "number"),
    [(0.5, signal.SIGINT), (1.5, signal.SIGTERM), (2.5, signal.SIGINT), (3.5, signal.SIGTERM)],
)
def test_a_start_that_is_broken_off_leaves_nothing_behind(data, moment, number):
    process = processes.start(
        "manage.py",
        "quickstart",
        "--no-demo",
        "--port",
        str(processes.free_port()),
        data=data / f"at-{moment}",
    )
    assert processes.wait_until(lambda: _catches(process.pid, signal.SIGINT))
    time.sleep(moment)
    process.send_signal(number)
    code, _, errors = processes.finish(process)
    assert (code in (0, 130, -signal.SIGTERM), errors) == (True, "")
    assert processes.all_ended(data / f"at-{moment}")


def test_a_process_that_crashes_is_started_again(data):
    process, port, _ = quickstart(data)
    for name, answering in {"pages": port, "sockets": port + 1}.items():
        (victim,) = (pid for pid in _pids(f"folkmoot-{name}\0") if _parent(pid) == process.pid)
        os.kill(victim, signal.SIGKILL)
        assert f"The {name} process ended; starting it again." in processes.read_until(
            process, f"{name} process"
        )
        assert processes.wait_until(lambda: _answers(answering))  # noqa: B023 - asked before the next turn
    process.send_signal(signal.SIGINT)
    assert processes.finish(process)[0] == 0


def _answers(port):
    try:
        return get(port, "/healthz") == (200, b"ok")
    except OSError:
        return False


def _pids(sign):
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if sign.encode() in (process / "cmdline").read_bytes():
                yield int(process.name)
        except OSError:
            continue


def _parent(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _catches(pid, number):
    """Whether the process has a handler for a signal. A busy machine needs a while until Python has."""
    caught = re.search(r"^SigCgt:\s*(\w+)", Path(f"/proc/{pid}/status").read_text(), re.M)
    return bool(int(caught[1], 16) & 1 << number - 1)
