"""Faults of Redis, Postgres and the disk. Each function causes its fault, ends it, and returns what shows it."""

import os
import signal
import time

import psycopg
import redis

from config.engines import postgres
from config.engines import redis as embedded_redis
from tests import processes
from tests.config.processes.test_frozen_engines import frozen
from tests.config.processes.test_full_disk import fill
from tests.load.drills.stage import Stage

SECONDS = 20
GONE_SECONDS = 15


def freeze_redis(stage: Stage) -> str:
    with frozen(embedded_redis.pid_file(stage.directories.redis)):
        began = time.monotonic()
        assert not embedded_redis.answers(stage.directories)
        time.sleep(SECONDS - (time.monotonic() - began))
    return f"PING had no answer; {SECONDS} s"


def flush_redis(stage: Stage) -> str:
    keys = 0
    for path in (stage.directories.redis_socket, stage.directories.redis_cache_socket):
        with redis.Redis(unix_socket_path=str(path)) as client:
            keys += client.dbsize()
            client.flushall()
    assert keys
    return f"{keys} keys and all waiting tasks were deleted"


def fill_redis(stage: Stage) -> str:
    with redis.Redis(unix_socket_path=str(stage.directories.redis_socket)) as client:
        client.config_set("maxmemory", 1)
        try:
            client.set("drill", 1)
            raise AssertionError("Redis took a new key.")
        except redis.ResponseError as error:
            said = str(error)[:40]
        time.sleep(SECONDS)
        client.config_set("maxmemory", 128 * 1024**2)
    return f"“{said}…”; {SECONDS} s"


def lose_redis(stage: Stage) -> str:
    """Kill both servers whenever they run."""
    until, killed = time.monotonic() + GONE_SECONDS, 0
    while time.monotonic() < until:
        for place, path in _redis_servers(stage):
            if server := embedded_redis.process_of(place, path):
                os.kill(server, signal.SIGKILL)
                killed += 1
        time.sleep(0.1)
    assert killed >= 2
    return f"{killed} servers killed in {GONE_SECONDS} s"


def freeze_postgres(stage: Stage) -> str:
    with frozen(stage.directories.postgres / "postmaster.pid"):
        try:
            psycopg.connect(address(stage), connect_timeout=2)
            raise AssertionError("Postgres answers.")
        except psycopg.OperationalError:
            time.sleep(SECONDS - 2)
    return f"a new connection had no answer; {SECONDS} s"


def crash_postgres(stage: Stage) -> str:
    """Stop Postgres without a checkpoint, so that it recovers from its log."""
    before = _started(stage)
    os.kill(_postmaster(stage), signal.SIGQUIT)
    assert processes.wait_until(lambda: _started(stage) not in (None, before))
    return "Postgres has a new start time"


def fill_disk(stage: Stage) -> str:
    filler = fill(stage.data)
    time.sleep(SECONDS)
    free = os.statvfs(stage.data)
    assert free.f_bavail * free.f_frsize < 32 * 1024**2
    filler.unlink()
    return f"{free.f_bavail * free.f_frsize // 1024} KB free; {SECONDS} s"


def _redis_servers(stage):
    places = stage.directories
    return [(places.redis, places.redis_socket), (places.redis_cache, places.redis_cache_socket)]


def address(stage):
    return f"host={stage.directories.sockets} user={postgres.USER} dbname={postgres.NAME}"


def _postmaster(stage):
    return int((stage.directories.postgres / "postmaster.pid").read_text().split()[0])


def _started(stage):
    try:
        with psycopg.connect(address(stage), connect_timeout=2) as connection:
            return connection.execute("SELECT pg_postmaster_start_time()").fetchone()[0]
    except psycopg.OperationalError:
        return None
