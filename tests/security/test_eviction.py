"""A visitor who fills the page cache evicts pages, but no rate limit, session, tally or job."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import RequestFactory
from django_redis import get_redis_connection

from config.engines import redis, redis_cache
from config.engines.directories import Directories
from config.web.limits import by_address, limited
from forums.models import Topic
from tests import processes

REQUESTS = 250
ROOM = 40_000
"""Bytes that the page cache may grow in this test."""


@pytest.fixture
def pages(settings, tmp_path):
    """A Redis of its own for the page cache, with little room. Tests of other workers share the usual one."""
    with processes.redis_server(tmp_path) as port:
        evictable = settings.CACHES["evictable"] | {"LOCATION": f"redis://127.0.0.1:{port}"}
        settings.CACHES = settings.CACHES | {"evictable": evictable}
        client = get_redis_connection("evictable")
        client.config_set("maxmemory-policy", "allkeys-lru")
        client.config_set("maxmemory", client.info("memory")["used_memory"] + ROOM)
        yield client


def evicted(client):
    return client.info("stats")["evicted_keys"]


def test_hundreds_of_cached_pages_evict_no_counter(visitor, limes, pages):
    guess = RequestFactory().post("/")
    waits = [limited(guess, "guesses", "5/h", by_address) for _ in range(6)]
    assert [wait > 0 for wait in waits] == [False] * 5 + [True]
    cache.set("seldom used", "kept", 600)
    get_redis_connection("default").set("a job", "kept")
    Topic.objects.filter(pk=limes.pk).update(version=REQUESTS)
    before = evicted(pages)
    for version in range(1, REQUESTS + 1):
        answer = visitor.get(f"/t/{limes.pk}/changes/?since={version}")
        assert answer.status_code == 200
    assert evicted(pages) - before > 100
    assert get_redis_connection("default").get("a job") == b"kept"
    assert limited(guess, "guesses", "5/h", by_address) > 0
    assert cache.get("seldom used") == "kept"


def test_the_embedded_servers_have_the_policies_that_this_needs(engines):
    kept, pages = get_redis_connection("default"), get_redis_connection("evictable")
    assert kept.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert pages.config_get("maxmemory-policy") == {"maxmemory-policy": "allkeys-lru"}
    assert kept.info("server")["run_id"] != pages.info("server")["run_id"]
    directories = Directories(settings.DATA_DIR)
    assert (redis.answers(directories), redis_cache.answers(directories)) == (True, True)


@pytest.mark.parametrize(
    ("query", "is_stored"),
    [
        ("", True),
        ("sort=new", True),
        ("after=1&sort=new", True),
        ("focus=1", True),
        ("focus=01", False),
        ("focus=1&focus=1", False),
        ("focus=", False),
        ("focus=2", False),
        ("after=99", False),
        ("branch=1&from=7", False),
        ("stranger=1", False),
    ],
)
def test_only_addresses_that_pages_link_to_are_stored(visitor, limes, query, is_stored):
    address = f"{limes.get_absolute_url()}?{query}"
    assert visitor.get(address).status_code == 200
    stored = [key for key in get_redis_connection("evictable").scan_iter() if b":page:" in key]
    assert len(stored) == is_stored


def test_the_order_of_parameters_makes_no_other_page(visitor, limes, django_assert_num_queries):
    first = visitor.get(f"{limes.get_absolute_url()}?sort=new&after=1")
    with django_assert_num_queries(0):
        second = visitor.get(f"{limes.get_absolute_url()}?after=1&sort=new")
    assert first.content == second.content
