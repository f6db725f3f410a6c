"""Commands that are sent together get their own replies, whatever happens to one of them."""

import pytest
import redis
from django_redis import get_redis_connection

from config.caching.redis_calls import call


@pytest.fixture
def pool():
    return get_redis_connection("default").connection_pool


def test_replies_come_in_order(pool):
    assert call(pool, ("SET", "calls", 7, "PX", 60_000), ("INCR", "calls"), ("GET", "calls")) == [
        b"OK",
        8,
        b"8",
    ]
    assert call(pool) == []


def test_an_error_is_raised_and_leaves_no_reply_behind(pool):
    with pytest.raises(redis.ResponseError):
        call(pool, ("SET", "words", "one", "PX", 60_000), ("INCR", "words"), ("GET", "words"))
    assert call(pool, ("GET", "words")) == [b"one"]


def test_a_connection_that_fails_is_not_used_again(pool, monkeypatch):
    def lose(connection, *_, **__):
        raise redis.ConnectionError("Lost")

    with monkeypatch.context() as lost:
        lost.setattr(redis.connection.AbstractConnection, "read_response", lose)
        with pytest.raises(redis.ConnectionError):
            call(pool, ("ECHO", "lost"))
    assert call(pool, ("ECHO", "found")) == [b"found"]
