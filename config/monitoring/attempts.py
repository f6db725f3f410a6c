"""Counts attempts at pieces of work that ended with their worker, so that a piece that kills it is given up.

The transaction of such a piece ends with the worker. So the counts are in Redis, and are written before the attempt.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import redis
from django_redis import get_redis_connection

MOST = 3
"""Attempts that ended with their worker, after which a piece of work is given up."""
KEPT = 3_600
"""Seconds after the latest attempt in which its count is kept."""


@contextmanager
def attempt(kind: str, ids: list[int]) -> Iterator[None]:
    """Count an attempt at these pieces of work until the block ends, with or without an error. Two round trips.

    Without Redis, nothing is counted.
    """
    begin(kind, ids)
    try:
        yield
    finally:
        forget(kind, ids)


def begin(kind: str, ids: list[int]) -> None:
    """Count an attempt at each of these pieces. One round trip."""
    with suppress(redis.RedisError):
        pipeline = get_redis_connection("default").pipeline(transaction=False)
        for key in _keys(kind, ids):
            pipeline.incr(key).expire(key, KEPT)
        pipeline.execute()


def ended_workers(kind: str, ids: list[int]) -> dict[int, int]:
    """How many attempts at each of these pieces ended with their worker, if any did. One round trip."""
    try:
        counts = get_redis_connection("default").mget(_keys(kind, ids)) if ids else []
    except redis.RedisError:
        return {}
    return {pk: int(count) for pk, count in zip(ids, counts, strict=True) if count}


def is_deadly(kind: str, pk: int) -> bool:
    """Whether a piece of work is given up, because MOST attempts ended with their worker. One round trip."""
    return ended_workers(kind, [pk]).get(pk, 0) >= MOST


def forget(kind: str, ids: list[int]) -> None:
    """Delete the counts of these pieces. One round trip."""
    with suppress(redis.RedisError):
        get_redis_connection("default").delete(*_keys(kind, ids))


def _keys(kind, ids):
    return [f"attempts:{kind}:{pk}" for pk in ids]
