"""Redis as a cache that may go away: its absence is noticed once a second, not once a question."""

import time

import redis
from django_redis.cache import RedisCache

# Seconds for which a process takes Redis for gone after it could not be reached.
PAUSE = 1.0


class Pool(redis.ConnectionPool):
    """Connections, or an error at once while Redis was found away less than PAUSE ago.

    A page asks the cache a dozen times; each of them would wait for the time-outs in CACHES otherwise.
    """

    _away_until = 0.0

    def get_connection(self, *args, **options):
        if time.monotonic() < self._away_until:
            raise redis.ConnectionError("Redis was away a moment ago")
        try:
            return super().get_connection(*args, **options)
        except (redis.ConnectionError, redis.TimeoutError):
            self._away_until = time.monotonic() + PAUSE
            raise


class Cache(RedisCache):
    """django-redis, with an `add` that succeeds while Redis is away, as it does in Django's dummy cache.

    Whoever uses `add` as a lock waits for a True: allauth's rate limits would refuse every sign-in after a second.
    """

    def add(self, *args, **options) -> bool:
        added = super().add(*args, **options)
        return True if added is None else added
