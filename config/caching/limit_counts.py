from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from redis.exceptions import RedisError

from config.caching.redis_calls import call


class LimitCounts(BaseCache):
    """The counts of django-ratelimit in the default Redis.

    It asks for each limit with `add`, which only notes the count here. `count` then counts all of them in one round
    trip. Only `config.web.limits` uses it.
    """

    def __init__(self, location: str, options: dict) -> None:
        super().__init__(options)
        self._noted: list[tuple[str, int]] = []

    def add(self, key, value, timeout=None, version=None) -> bool:
        """Note that one attempt has to be counted under `key`."""
        self._noted.append((key, timeout))
        return True

    def count(self, most: int) -> list[int]:
        """Count one attempt for each of the last `most` calls of `add`. The numbers of attempts, in the same order.

        Empty while Redis is away: nothing is limited then. One round trip.
        """
        noted, self._noted = self._noted[-most:], []
        client = caches["default"].client
        try:
            commands = []
            for key, timeout in noted:
                name = str(client.make_key(key))
                commands += [("SET", name, 0, "EX", timeout, "NX"), ("INCR", name)]
            return call(client.get_client(write=True).connection_pool, *commands)[1::2]
        except RedisError:
            return []

    def clear(self) -> None:
        """The counts are values of the default cache."""
