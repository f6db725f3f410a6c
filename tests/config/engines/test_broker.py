"""The broker has a Redis database of its own, and `doctor` says whether that Redis may drop jobs."""

import pytest
import redis

from config.engines import broker
from config.management.operator_error import OperatorError
from tests import processes


@pytest.mark.parametrize(
    ("redis_url", "address"),
    [
        ("redis://cache.example.org/0", "redis://cache.example.org/1"),
        ("redis://cache.example.org", "redis://cache.example.org/1"),
        ("redis://cache.example.org/1", "redis://cache.example.org/0"),
        ("redis://:hush@cache.example.org:6380/4", "redis://:hush@cache.example.org:6380/1"),
        (
            "rediss://cache.example.org?db=3&ssl_cert_reqs=none",
            "rediss://cache.example.org/1?ssl_cert_reqs=none",
        ),
        ("unix:///run/redis.sock?db=0", "redis+socket:///run/redis.sock?virtual_host=1"),
        ("unix:///run/redis.sock?db=1", "redis+socket:///run/redis.sock?virtual_host=0"),
        ("redis+sentinel://one;two:26380/forum", "sentinel://one:26379/1;sentinel://two:26380/1"),
        ("redis+sentinel://:h%40sh@one/forum/1", "sentinel://:h%40sh@one:26379/0"),
    ],
)
def test_the_broker_never_has_the_database_of_the_cache(redis_url, address):
    assert broker.address(redis_url) == address


def test_an_address_that_is_none_is_named():
    with pytest.raises(OperatorError, match=r"^REDIS_URL cannot be read"):
        broker.address("cache.example.org:6379")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The port of a real Redis, and a client that can change its settings."""
    with processes.redis_server(tmp_path_factory.mktemp("redis")) as port, redis.Redis(port=port) as client:
        yield port, client


@pytest.fixture
def policy(server, settings):
    """`policy("allkeys-lru", "8mb")` sets up the broker's Redis and returns the findings about it."""
    port, client = server
    settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
    settings.CELERY_BROKER_URL = broker.address(settings.REDIS_URL)

    def policy(name, limit):
        client.config_set("maxmemory", limit)
        client.config_set("maxmemory-policy", name)
        return list(broker.check())

    return policy


@pytest.mark.parametrize("name", ["allkeys-lru", "allkeys-lfu", "allkeys-random"])
def test_a_policy_that_evicts_any_key_is_a_warning(policy, name):
    sentence = (
        f"The broker may drop jobs: beyond 8.00M its Redis evicts any key (maxmemory-policy {name}). "
        "Set noeviction or volatile-lru, or name another Redis in CELERY_BROKER_URL."
    )
    assert policy(name, "8mb") == [(None, sentence)]
    assert policy(name, 0) == [(True, "The broker keeps jobs: its Redis has no memory limit")]


def test_policies_that_keep_what_does_not_expire_are_fine(policy):
    assert policy("volatile-lru", "8mb") == [
        (
            True,
            "The broker keeps jobs: its Redis evicts only keys that expire (maxmemory-policy volatile-lru), "
            "and jobs do not expire",
        )
    ]
    assert policy("noeviction", "8mb") == [
        (True, "The broker keeps jobs: its Redis evicts nothing (maxmemory-policy noeviction)")
    ]


def test_under_such_a_policy_a_job_is_really_dropped_and_under_the_other_it_is_kept(policy, server, settings):
    """The finding says what Redis does: fill the memory and look for a job."""
    port, client = server
    kept = {}
    for name in ("allkeys-random", "volatile-lru"):
        policy(name, "0")
        client.flushall()
        with redis.Redis(port=port, db=1) as jobs:
            for number in range(50):
                jobs.lpush(f"queue-{number}", "x" * 1000)
            policy(name, "3mb")
            for number in range(5_000):
                client.set(f"page-{number}", "x" * 1000, ex=600)
            kept[name] = jobs.dbsize()
    assert kept["volatile-lru"] == 50
    assert kept["allkeys-random"] < 50


def test_a_database_shared_with_the_cache_is_wrong(policy, settings):
    policy("noeviction", 0)
    settings.CELERY_BROKER_URL = settings.REDIS_URL.replace("127.0.0.1", "localhost")
    assert list(broker.check()) == [
        (False, "CELERY_BROKER_URL names the cache's own database: name another database or server.")
    ]


def test_a_broker_that_does_not_answer_is_named_without_its_password(settings):
    port = processes.free_port()
    settings.CELERY_BROKER_URL = f"redis://:hush@127.0.0.1:{port}/1"
    [(state, sentence)] = broker.check()
    assert state is False
    assert f"127.0.0.1:{port}/1 does not answer" in sentence and "hush" not in sentence


def test_the_embedded_broker_keeps_jobs(engines):
    [(state, _)] = broker.check()
    assert state is True
