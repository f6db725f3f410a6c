"""Rechecks in batches which connections may still receive their streams, and removes the others."""

import asyncio
from collections.abc import Iterable

import structlog
from django.db.models import Q

from forums.live import streams
from forums.live.connections import stream_access
from forums.live.delivery.batcher import queries, start_background
from forums.models import Topic

ROUND = 60
"""Seconds in which every connection is rechecked once, even if no change of access was published."""
BATCH = 500
"""Connections in one batch."""
RETRY_AFTER = 1
"""Seconds until a batch that failed is repeated, for instance because Postgres was away."""
SIGNED_OUT = 4001
log = structlog.get_logger("folkmoot.live")


class AccessRecheck:
    def __init__(self, hub) -> None:
        self._hub = hub
        self.epoch = 0
        """Grows with every change of access. A connection that was checked under an older epoch is rechecked."""
        self._pending: dict = {}
        self._sweep_rest: list = []
        self._work: asyncio.Task | None = None

    def add(self, connections: Iterable) -> None:
        """Recheck these connections now."""
        self._pending.update(dict.fromkeys(connections))
        if self._work is None or self._work.done():
            self._work = start_background(self._run())

    def sweep(self, share: float) -> None:
        """Recheck the next `share` of all connections. Regular calls reach every connection in turn."""
        if not self._sweep_rest:
            self._sweep_rest = list(self._hub.connections)
        count = max(1, round(share * len(self._sweep_rest)))
        self._sweep_rest, batch = self._sweep_rest[count:], self._sweep_rest[:count]
        self.add(connection for connection in batch if connection in self._hub.connections)

    async def recheck(self, *, member: int | None, topic: int | None, category: int | None) -> None:
        """Recheck the connections that an `access_changed` message concerns; all if it names nothing."""
        self.epoch += 1
        stream_access.clear_cache()
        if member is not None:
            self.add(self._hub.limits.of(member))
        elif topic is not None:
            self.add(self._hub.connections_of(streams.topic(topic)))
        elif category is not None:
            self.add(self._hub.connections_of(streams.TOPICS))
            for name in await _streams_in(category, list(self._hub.streams)):
                self.add(self._hub.connections_of(name))
        else:
            self.add(self._hub.connections)

    async def _run(self):
        while self._pending:
            batch = list(self._pending)[:BATCH]
            for connection in batch:
                del self._pending[connection]
            try:
                await asyncio.gather(*map(self._recheck, batch))
            except Exception:
                log.exception("access not rechecked")
                self._pending.update(dict.fromkeys(batch))
                await asyncio.sleep(RETRY_AFTER)

    async def _recheck(self, connection):
        if connection not in self._hub.connections:
            return
        query = stream_access.AccessQuery(connection.session, tuple(connection.streams))
        result = await self._hub.access.submit(query)
        is_over = connection.member is not None and result.member is None
        connection.member = result.member
        for name, grant in result.grants.items():
            if name not in connection.streams:
                continue
            if grant is None or is_over:
                self._hub.end(connection, name)
            elif grant.labels != connection.streams[name]:
                # It may have missed messages under its new labels, for instance after a topic was moved.
                connection.add_stream(name, grant.labels)
                self._hub.send_state(connection, self._hub.streams[name])
        if is_over:
            connection.close(SIGNED_OUT, "You are signed out.")


@queries
def _streams_in(category_id, names):
    """Return those of `names` whose topic is in the category or below it. One query."""
    numbers = {streams.number(name, of="topic") for name in names} - {None}
    within = Topic.objects.filter(Q(category=category_id) | Q(category__parent=category_id))
    return [streams.topic(pk) for pk in within.filter(pk__in=numbers).values_list("pk", flat=True)]
