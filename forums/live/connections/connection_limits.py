"""Limits connections: of a member over all processes, and of an address's visitors in each process."""

import asyncio
import time
from typing import NamedTuple

import redis
import structlog
from django_redis import get_redis_connection

from forums.live import streams
from forums.live.delivery.batcher import Batcher

MAX_CONNECTIONS = 10
"""Connections of a member. Beyond, the oldest is closed."""
MAX_VISITORS = 1_000
"""Connections of visitors from one address in each process. Enough for a school behind one address."""
TOO_MANY_CONNECTIONS = 4009
"""Close code after which a page must not reconnect by itself, because it would close another connection."""
TOO_MANY_VISITORS = 4010
DAY = 86_400
"""Seconds. daphne closes every socket after a day."""
GRACE = 10
"""Seconds for which a connection counts even if its process is unknown: it may have just started."""
log = structlog.get_logger("folkmoot.live")


class Change(NamedTuple):
    """A connection of a member was opened or closed."""

    member: int
    name: str
    is_open: bool


class ConnectionLimits:
    """Counts connections by address, and by member in all processes. Without Redis each process counts alone."""

    def __init__(self, hub) -> None:
        self._hub = hub
        self._by_member: dict[int, list] = {}
        self._by_address: dict[str, int] = {}
        self._changes = Batcher(_record)
        self._tasks: set[asyncio.Task] = set()

    def of(self, member_id: int | None) -> list:
        """Return the member's connections in this process, oldest first."""
        return self._by_member.get(member_id, [])

    async def admit(self, connection) -> None:
        """Count a connection whose member is known. Closes the oldest connections beyond the limit."""
        if connection.member is None:
            connection.counted_as = connection.address
            self._by_address[connection.address] = self._by_address.get(connection.address, 0) + 1
            if self._by_address[connection.address] > MAX_VISITORS:
                connection.close(TOO_MANY_VISITORS, "There are too many connections from your address.")
            return
        connection.counted_as = connection.member.id
        connections = self._by_member.setdefault(connection.member.id, [])
        connections.append(connection)
        for oldest in connections[:-MAX_CONNECTIONS]:
            _supersede(oldest)
        await self._close_oldest(connection)

    def remove(self, connection) -> None:
        if isinstance(connection.counted_as, str):
            self._by_address[connection.counted_as] -= 1
            if not self._by_address[connection.counted_as]:
                del self._by_address[connection.counted_as]
        elif connection.counted_as is not None:
            connections = self._by_member[connection.counted_as]
            connections.remove(connection)
            if not connections:
                del self._by_member[connection.counted_as]
            # Written at once, because a reloading page's old socket must not count against its new one.
            task = asyncio.ensure_future(
                self._submit(Change(connection.counted_as, self._name(connection), is_open=False))
            )
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        connection.counted_as = None

    def close(self, member: int, names: list[str]) -> None:
        """Close connections that another process found to be beyond the limit."""
        for connection in list(self.of(member)):
            if self._name(connection) in names:
                _supersede(connection)

    async def _close_oldest(self, connection):
        """Close the member's oldest connections, in all processes, beyond the limit."""
        found = await self._submit(Change(connection.member.id, self._name(connection), is_open=True))
        alive = [name for name, at in found if self._is_alive(name, at)]
        closed = [name for name, at in found if not self._is_alive(name, at)] + alive[:-MAX_CONNECTIONS]
        for name in closed:
            await self._submit(Change(connection.member.id, name, is_open=False))
        if alive[:-MAX_CONNECTIONS]:
            message = streams.encode(
                "connections_superseded", member=connection.member.id, names=alive[:-MAX_CONNECTIONS]
            )
            await asyncio.to_thread(streams.send, {streams.CONTROL: message})

    def _is_alive(self, name, at):
        """Is the process of a connection alive? Redis still lists the connections of a process that was killed."""
        alive = self._hub.heartbeat.alive
        return alive is None or name.rpartition(":")[0] in alive or time.time() - at < GRACE

    def _name(self, connection):
        return f"{self._hub.heartbeat.process}:{connection.serial}"

    async def _submit(self, change):
        try:
            return await self._changes.submit(change)
        except redis.RedisError:
            log.info("connections not counted over all processes")
            return []


def _supersede(connection):
    connection.close(
        TOO_MANY_CONNECTIONS,
        f"You have more than {MAX_CONNECTIONS} tabs open. Live updates stop in this one, the oldest.",
    )


def _record(changes: list[Change]) -> list[list[tuple[str, float]]]:
    """Write the changes to Redis. Returns all connections, oldest first, of each member with a new one.

    One round trip.
    """
    pipe = get_redis_connection("default").pipeline(transaction=False)
    for change in changes:
        key = streams.key(f"connections:{change.member}")
        if change.is_open:
            pipe.zadd(key, {change.name: time.time()}).expire(key, DAY).zrange(key, 0, -1, withscores=True)
        else:
            pipe.zrem(key, change.name)
    results = iter(pipe.execute())
    return [_read(change, results) for change in changes]


def _read(change, results):
    """Return the connections from the results of a change's commands."""
    if not change.is_open:
        next(results)
        return []
    _added, _prolonged, found = next(results), next(results), next(results)
    return [(name.decode(), at) for name, at in found]
