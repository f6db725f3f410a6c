"""The position after each member's last write, for all their devices."""

from contextlib import suppress

import redis
from django.conf import settings
from django.db import transaction
from django_redis import get_redis_connection

from config.replicas import servers

KEPT_SECONDS = 60
"""Seconds for which a position is kept. A replica that is that far behind is not used anyway."""


def note(member: int | str, position: int) -> None:
    """Let this member's requests see this position. One Redis round trip. Without Redis, `of_member` is careful."""
    with suppress(redis.RedisError), get_redis_connection("default").pipeline(transaction=False) as pipe:
        # A sorted set, because only it can keep the higher of two numbers in one step.
        pipe.zadd(_key(member), {"position": position}, gt=True)
        pipe.expire(_key(member), KEPT_SECONDS)
        pipe.execute()


def note_on_commit(member: int) -> None:
    """Let this member's requests see what the current transaction changes for them. Nothing without replicas."""
    if settings.DATABASE_REPLICA_URLS:
        transaction.on_commit(lambda: note(member, servers.position()))


def of_member(member: int | str) -> int:
    """The position that this member must see; that of nobody's replica without Redis."""
    try:
        return int(get_redis_connection("default").zscore(_key(member), "position") or 0)
    except redis.RedisError:
        return servers.UNKNOWN


def _key(member):
    return f"written:{member}"
