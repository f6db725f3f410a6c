"""A visitor who fills the page cache evicts pages, but no rate limit, session, tally or job."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import RequestFactory
from django_redis import get_redis_connection

from config.engines import redis, redis_cache
from config.engines.directories import Directories
from config.web.limits import limited
from forums.models import Topic
from forums.reading.changes_since import RECENT
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


def keys():
    return list(get_redis_connection("evictable").scan_iter())


def stored_pages():
    return [key for key in keys() if b":page:" in key]


def evicted(client):
    return client.info("stats")["evicted_keys"]


def test_hundreds_of_cached_pages_evict_no_counter(visitor, limes, pages):
    guess = RequestFactory().post("/")
    waits = [limited(guess, "guesses", address="5/h") for _ in range(6)]
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
    assert limited(guess, "guesses", address="5/h") > 0
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
        ("branch=2", True),
        ("branch=2&sort=new", True),
        ("after=2&sort=new", True),
        ("branch=2&after=3&sort=new", True),
        ("focus=2", True),
        ("focus=02", False),
        ("focus=2.0", False),
        ("focus=2&focus=2", False),
        ("focus=", False),
        ("f%6Fcus=2", False),
        ("focus=1", False),
        ("focus=9", False),
        ("focus=3&branch=2", False),
        ("focus=2&from=2", False),
        ("focus=2&sort=new", False),
        ("from=2", False),
        ("after=3", False),
        ("after=99", False),
        ("branch=2&after=2", False),
        ("branch=1&from=7", False),
        ("fold=5", False),
        ("list=new", False),
        ("stranger=1", False),
    ],
)
def test_only_queries_that_pages_link_to_are_stored(visitor, limes, opening, say, query, is_stored):
    say(say(opening))
    assert visitor.get(f"{limes.get_absolute_url()}?{query}").status_code == 200
    assert len(stored_pages()) == is_stored


def test_only_first_pages_of_lists_are_stored(visitor, limes, open_topic):
    kept = ("/?list=top&period=day", "/c/town/?list=new", "/u/Ada/?tab=topics")
    before = f"before={limes.last_comment_at.isoformat().replace('+', '%2B')}_{limes.pk}"
    others = (
        f"/?{before}", f"/c/town/?{before}", "/?list=new&period=day", "/u/Ada/?tab=topics&list=new", "/c/?list=new",
        f"/t/{limes.pk}/changes/?since=1&after=1.1", "/feed/latest/?list=new",
        f"/u/Ada/?tab=topics&before={limes.created_at.isoformat().replace('+', '%2B')}_{limes.pk}",
        "/debates/?before=2026-01-01T00:00:00%2B00:00_1",
    )  # fmt: skip
    for address in (*kept, *others):
        assert visitor.get(address).status_code == 200
    assert len(stored_pages()) == len(kept)


def test_each_page_is_stored_at_one_path_only(visitor, limes):
    number, slug = limes.pk, limes.slug
    for path in (f"/t/00{number}/{slug}/", f"/t/{number}/other/", f"/t/{number}/", "/u/aDA/"):
        assert visitor.get(path).status_code in {200, 301, 302}
    assert stored_pages() == []
    for host in ("localhost", "localhost:81", "127.0.0.1:82"):
        visitor.get(limes.get_absolute_url(), headers={"host": host})
    assert len(stored_pages()) == 1


def test_versions_that_no_open_page_has_are_not_stored(visitor, limes):
    Topic.objects.filter(pk=limes.pk).update(version=RECENT + 10)
    addresses = [f"/t/{limes.pk}/changes/?since={since}" for since in (1, 9, 10, RECENT + 10)]
    assert [visitor.get(address).status_code for address in addresses] == [200] * 4
    assert len(stored_pages()) == 2
    assert len([key for key in keys() if b":changes:" in key]) == 2


def test_the_order_of_parameters_makes_no_other_page(visitor, limes, django_assert_num_queries):
    first = visitor.get(f"{limes.get_absolute_url()}?sort=new&branch=1")
    with django_assert_num_queries(0):
        second = visitor.get(f"{limes.get_absolute_url()}?branch=1&sort=new")
    assert first.content == second.content
