"""The embedded engines start for the first process that needs them and stop after the last, even if it crashes."""

import os
import shutil
import signal
import stat
import tempfile
from pathlib import Path

import pytest

from config.engines import embedded, postgres, redis
from config.engines.directories import Directories
from tests import processes

pytestmark = pytest.mark.processes

USE = """
import sys
from pathlib import Path
from config.engines import embedded
embedded.ensure(Path(sys.argv[1]))
print("up", flush=True)
sys.stdin.read()
"""


def test_a_server_with_more_data_keeps_more_pages(tmp_path):
    database = tmp_path / "base/5"
    database.mkdir(parents=True)
    eighth = (os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 8) >> 20
    for megabytes, expected in ((0, 64), (200, 64), (600, 150), (10_000_000, eighth)):
        with (database / "16384").open("wb") as table:
            table.truncate(megabytes << 20)  # takes no space
        assert postgres.buffers(tmp_path) == max(64, min(expected, eighth))


@pytest.fixture
def data():
    """A data directory whose path is short enough for sockets. Asserts at the end that no process uses it."""
    path = Path(tempfile.mkdtemp(prefix="fm-", dir="/tmp"))
    yield path
    assert processes.all_ended(path)
    shutil.rmtree(path)


def use(data):
    """Starts a process that uses the engines until its input ends."""
    process = processes.start("-c", USE, str(data), data=data)
    assert processes.read_until(process, "up") == "up\n"
    return process


def leave(process):
    process.stdin.close()
    process.stdin = None
    assert processes.finish(process)[0] == 0


def are_up(data):
    return postgres.answers(Directories(data)), redis.answers(Directories(data))


def postmaster(data):
    return int((Directories(data).postgres / "postmaster.pid").read_text().split()[0])


def test_two_users_share_the_engines_and_the_last_one_out_stops_them(data):
    first = use(data)
    server = postmaster(data)
    second = use(data)
    assert postmaster(data) == server
    leave(first)
    assert are_up(data) == (True, True)
    leave(second)
    assert are_up(data) == (False, False)


def test_five_who_start_at_once_get_one_set_of_engines(data):
    users = [processes.start("-c", USE, str(data), data=data) for _ in range(5)]
    assert [processes.read_until(user, "up") for user in users] == ["up\n"] * 5
    assert sum("bin/postgres -D" in command for command in processes.running_in(data).values()) == 1
    # Redis runs twice: one keeps what must not be lost, the other is the cache.
    sockets = [command for command in processes.running_in(data).values() if "redis-server" in command]
    assert sorted(Path(each.split(":")[-1].strip().split()[0]).name for each in sockets) == [
        "cache.sock",
        "redis.sock",
    ]
    for user in users:
        leave(user)


def test_after_a_killed_user_the_engines_stop_by_themselves(data):
    user = use(data)
    user.kill()
    processes.finish(user)
    assert processes.wait_until(lambda: are_up(data) == (False, False))


def test_engines_that_lost_their_user_and_their_keeper_are_taken_over(data):
    user = use(data)
    commands = processes.running_in(data)
    [keeper] = [pid for pid in commands if f"config.engines.keeper {data}" in commands[pid]]
    os.kill(keeper, signal.SIGKILL)
    user.kill()
    processes.finish(user)
    server = postmaster(data)
    assert are_up(data) == (True, True)
    user = use(data)
    assert postmaster(data) == server
    leave(user)
    assert are_up(data) == (False, False)


def test_after_a_crash_of_everything_the_next_start_works_and_nothing_committed_is_lost(data):
    import psycopg

    address = {"host": str(Directories(data).sockets), "user": postgres.USER, "dbname": postgres.NAME}
    user = use(data)
    with psycopg.connect(**address) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    victims = [postmaster(data), int((Directories(data).redis / "redis.pid").read_text())]
    for victim in victims:
        os.kill(victim, signal.SIGKILL)
    user.kill()
    processes.finish(user)
    # After a crash another process may get the number in a stale pid file. Here it is our own number.
    assert processes.wait_until(lambda: are_up(data) == (False, False))
    stale = Directories(data).postgres / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n")
    user = use(data)
    with psycopg.connect(**address) as connection:
        assert connection.execute("SELECT number FROM kept").fetchall() == [(7,)]
    leave(user)


def test_a_long_path_gets_its_sockets_below_tmp(data):
    long = data / ("a" * 60) / ("b" * 60)
    long.mkdir(parents=True)
    sockets = Directories(long).sockets
    assert sockets.parent == Path("/tmp")
    user = use(long)
    assert are_up(long) == (True, True)
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    leave(user)
    shutil.rmtree(sockets)


def test_the_key_is_made_once_and_only_for_us(data):
    key = embedded.secret_key(data)
    assert len(key) > 50
    assert embedded.secret_key(data) == key
    assert stat.S_IMODE((data / "secret_key").stat().st_mode) == 0o600


def test_engines_that_urls_replace_are_not_started(data, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/forum")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    embedded.ensure(data)
    assert are_up(data) == (False, False)
    assert not Directories(data).engines.exists()
