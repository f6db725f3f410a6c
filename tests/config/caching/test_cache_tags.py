"""A request reads each cache tag once, and sees the changes that it makes itself."""

from config.caching import cache_tags
from config.caching.evictable import cache


def test_a_tag_is_read_once_in_a_request(engines):
    with cache_tags.read_once():
        first = cache_tags.read("trees")
        cache.clear()
        assert cache_tags.read("trees", "birds")[:1] == first
    assert cache_tags.read("trees") != first


def test_a_request_sees_the_tags_that_it_changes(db, django_capture_on_commit_callbacks):
    with cache_tags.read_once():
        trees, birds = cache_tags.read("trees", "birds")
        with django_capture_on_commit_callbacks(execute=True):
            cache_tags.invalidate("trees")
        now = cache_tags.read("trees", "birds")
        assert (now[0] != trees, now[1] == birds) == (True, True)
        assert now == cache_tags.read("trees", "birds")


def test_without_redis_no_tag_has_a_value(engines, redis_is):
    redis_is("away")
    with cache_tags.read_once():
        assert cache_tags.read("trees") is None


def test_without_redis_no_reader_finds_what_another_one_has_added(engines, redis_is):
    """django-redis returns the same dictionary each time."""
    redis_is("away")
    cache.get_many(["trees"])["trees"] = "mine"
    assert cache.get_many(["trees"]) == {}
