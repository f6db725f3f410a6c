"""Redis as a cache that may be away: a process tries it once per second, not once per cache call."""

import time
from typing import Any

import msgpack
import redis
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django_redis.cache import RedisCache, omit_exception
from django_redis.exceptions import ConnectionInterrupted
from django_redis.serializers.base import BaseSerializer
from redis.sentinel import SentinelConnectionPool

from config.caching.redis_calls import call
from config.monitoring import counters, time_spent
from config.redis import clients

# Returns the value, and 1 if the lock was taken.
_GET_OR_LOCK = """
    local found = redis.call('GET', KEYS[1])
    return {found, not found and redis.call('SET', KEYS[2], 1, 'NX', 'EX', ARGV[1]) and 1 or 0}
"""
# Seconds for which a process does not try Redis again after a failed connection.
PAUSE = 1.0


class CircuitBreaker:
    """The part of a connection pool that fails at once if Redis was away less than PAUSE ago.

    A page calls the cache a dozen times. Each call would otherwise wait for the timeouts in CACHES. Adds up the time
    for which connections are in use.
    """

    _away_until = 0.0

    def get_connection(self, *args, **options):
        if time.monotonic() < self._away_until:
            raise redis.ConnectionError("Redis was away a moment ago")
        began = time.perf_counter()
        try:
            connection = super().get_connection(*args, **options)
        except (redis.ConnectionError, redis.TimeoutError):
            self._away_until = time.monotonic() + PAUSE
            time_spent.here.redis += time.perf_counter() - began
            raise
        connection.taken_at = began
        return connection

    def release(self, connection) -> None:
        now = time.perf_counter()
        time_spent.here.redis += now - vars(connection).pop("taken_at", now)
        super().release(connection)


class SentinelPool(CircuitBreaker, SentinelConnectionPool):
    """Connections to the master that Sentinels name."""


class Pool(CircuitBreaker, redis.ConnectionPool):
    """Connections to one server."""

    @classmethod
    def from_url(cls, url, **options):
        """A pool for this URL; a SentinelPool if it names Sentinels."""
        if clients.is_sentinel(url):
            return clients.sentinel_pool(url, SentinelPool, **options)
        return super().from_url(url, **options)


class Cache(RedisCache):
    """django-redis, with an `add` that succeeds while Redis is away, as it does in Django's dummy cache.

    Some callers use `add` as a lock and wait for True. allauth's rate limits would otherwise refuse every sign-in.
    Counts hits and misses.
    """

    def get(self, key, default=None, *args, **options) -> Any:
        found = super().get(key, None, *args, **options)
        counters.read_cache(key, hits=found is not None, misses=found is None)
        return default if found is None else found

    def get_many(self, keys, version=None, client=None) -> dict:
        if not keys:
            return {}
        (values,) = self._call(("MGET", *self._names(keys, version))) or [[None] * len(keys)]
        found = {
            key: self.client.decode(value)
            for key, value in zip(keys, values, strict=True)
            if value is not None
        }
        counters.read_cache(keys[0], hits=len(found), misses=len(keys) - len(found))
        return found

    def set_many(self, data, timeout=DEFAULT_TIMEOUT, version=None, client=None) -> None:
        """As in django-redis, but without a transaction around the values, which costs more than they do."""
        names = self._names(data, version)
        kept = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        until = ("PX", max(1, int(kept * 1000))) if kept is not None else ()
        encoded = map(self.client.encode, data.values())
        self._call(*(("SET", name, value, *until) for name, value in zip(names, encoded, strict=True)))

    def get_or_lock(self, key: str, lock: str, seconds: int) -> tuple[Any, bool]:
        """Return the value of `key`, or take the `lock` for so many seconds. Says whether this call has taken it.

        One round trip. While Redis is away there is no value, and everybody gets the lock.
        """
        ((found, is_taken),) = self._call(("EVAL", _GET_OR_LOCK, 2, *self._names([key, lock]), seconds)) or [
            (None, 1)
        ]
        counters.read_cache(key, hits=found is not None, misses=found is None)
        return None if found is None else self.client.decode(found), bool(is_taken)

    def _names(self, keys, version=None):
        return [str(self.client.make_key(key, version=version)) for key in keys]

    @omit_exception
    def _call(self, *commands):
        """The replies. None while Redis is away."""
        client = self.client.get_client(write=True)
        try:
            return call(client.connection_pool, *commands) if commands else []
        except redis.RedisError as error:
            raise ConnectionInterrupted(client) from error

    def add(self, *args, **options) -> bool:
        added = super().add(*args, **options)
        return True if added is None else added


class Serializer(BaseSerializer):
    """msgpack instead of pickle: a value read from Redis cannot run code.

    Stores None, numbers, texts, bytes, lists, dicts and aware datetimes. A tuple is read back as a list, a SafeString
    as a plain string. Raises TypeError for anything else.
    """

    def dumps(self, value: Any) -> bytes:
        return msgpack.packb(value, datetime=True)

    def loads(self, value: bytes) -> Any:
        return msgpack.unpackb(value, timestamp=3, strict_map_key=False)
