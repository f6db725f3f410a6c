from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from redis.exceptions import RedisError


class LimitCounts(BaseCache):
    """The counts of django-ratelimit in the default Redis.

    It first calls `add`, and `incr` if that returns False. Here `add` counts already, so both cost one round trip.
    """

    _counted = 0

    def __init__(self, location: str, options: dict) -> None:
        super().__init__(options)

    def add(self, key, value, timeout=None, version=None) -> bool:
        """Count one attempt. True for the first one of the period, and while Redis is away: nothing is limited then."""
        client = caches["default"].client
        name = client.make_key(key)
        try:
            with client.get_client(write=True).pipeline(transaction=False) as pipe:
                _, self._counted = pipe.set(name, 0, ex=timeout, nx=True).incr(name).execute()
        except RedisError:
            return True
        return self._counted == value

    def incr(self, key, delta=1, version=None) -> int:
        return self._counted

    def clear(self) -> None:
        """The counts are values of the default cache."""
