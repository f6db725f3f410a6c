"""Limits connections: the tabs of a member in all processes, and the visitors of an address in each process."""

import asyncio
import time
from typing import NamedTuple

import redis
import structlog
from django_redis import get_redis_connection

from forums.live import streams
from forums.live.delivery.batcher import Batcher

AT_MOST = 10
"""Tabs of a member. Beyond, the oldest is closed."""
VISITORS_AT_MOST = 1_000
"""Tabs of visitors from one address in each process. Enough for a school behind one address."""
TOO_MANY_TABS = 4009
"""Close code after which a page must not reconnect by itself, because it would close another tab."""
TOO_MANY_VISITORS = 4010
DAY = 86_400
"""Seconds. daphne closes every socket after a day."""
YOUNG = 10
"""Seconds for which a tab counts even if its process is not known yet, because the process may have just started."""
log = structlog.get_logger("folkmoot.live")


class Note(NamedTuple):
    """A tab of a member has connected or left."""

    member: int
    name: str
    has_come: bool


class ConnectionLimits:
    """Counts tabs by address, and by member in all processes. Without Redis each process counts alone."""

    def __init__(self, hub) -> None:
        self._hub = hub
        self._of: dict[int, list] = {}
        self._visitors: dict[str, int] = {}
        self._notes = Batcher(_note)
        self._under_way: set[asyncio.Task] = set()

    def of(self, member_id: int | None) -> list:
        """Return the member's tabs in this process, oldest first."""
        return self._of.get(member_id, [])

    async def admit(self, tab) -> None:
        """Count a tab whose member is known. Closes the oldest tabs beyond the limit."""
        if tab.member is None:
            tab.counted = tab.address
            self._visitors[tab.address] = self._visitors.get(tab.address, 0) + 1
            if self._visitors[tab.address] > VISITORS_AT_MOST:
                tab.close(TOO_MANY_VISITORS, "There are too many connections from your address.")
            return
        tab.counted = tab.member.id
        tabs = self._of.setdefault(tab.member.id, [])
        tabs.append(tab)
        for oldest in tabs[:-AT_MOST]:
            _send_away(oldest)
        await self._compare(tab)

    def forget(self, tab) -> None:
        if isinstance(tab.counted, str):
            self._visitors[tab.counted] -= 1
            if not self._visitors[tab.counted]:
                del self._visitors[tab.counted]
        elif tab.counted is not None:
            tabs = self._of[tab.counted]
            tabs.remove(tab)
            if not tabs:
                del self._of[tab.counted]
            # Written at once, because a reloading page's old socket must not count against its new one.
            task = asyncio.ensure_future(self._write(Note(tab.counted, self._name(tab), has_come=False)))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        tab.counted = None

    def close(self, member: int, names: list[str]) -> None:
        """Close tabs that another process found to be beyond the limit."""
        for tab in list(self.of(member)):
            if self._name(tab) in names:
                _send_away(tab)

    async def _compare(self, tab):
        """Close the member's oldest tabs, in all processes, beyond the limit."""
        found = await self._write(Note(tab.member.id, self._name(tab), has_come=True))
        real = [name for name, at in found if self._is_real(name, at)]
        gone = [name for name, at in found if not self._is_real(name, at)] + real[:-AT_MOST]
        for name in gone:
            await self._write(Note(tab.member.id, name, has_come=False))
        if real[:-AT_MOST]:
            told = streams.encode("tabs_superseded", member=tab.member.id, names=real[:-AT_MOST])
            await asyncio.to_thread(streams.send, {streams.CONTROL: told})

    def _is_real(self, name, at):
        """Is the process of a tab alive? Redis still lists the tabs of a process that was killed."""
        alive = self._hub.pulse.alive
        return alive is None or name.rpartition(":")[0] in alive or time.time() - at < YOUNG

    def _name(self, tab):
        return f"{self._hub.pulse.process}:{tab.serial}"

    async def _write(self, note):
        try:
            return await self._notes.ask(note)
        except redis.RedisError:
            log.info("tabs not compared with other processes")
            return []


def _send_away(tab):
    tab.close(
        TOO_MANY_TABS, f"You have more than {AT_MOST} tabs open. Live updates stop in this one, the oldest."
    )


def _note(notes: list[Note]) -> list[list[tuple[str, float]]]:
    """Write the notes to Redis. Returns all tabs, oldest first, of each member with a new one. One round trip."""
    pipe = get_redis_connection("default").pipeline(transaction=False)
    for note in notes:
        key = streams.key(f"tabs:{note.member}")
        if note.has_come:
            pipe.zadd(key, {note.name: time.time()}).expire(key, DAY).zrange(key, 0, -1, withscores=True)
        else:
            pipe.zrem(key, note.name)
    results = iter(pipe.execute())
    return [_found(note, results) for note in notes]


def _found(note, results):
    """Read the results of a note's commands, and return the tabs found."""
    if not note.has_come:
        next(results)
        return []
    _added, _prolonged, found = next(results), next(results), next(results)
    return [(name.decode(), at) for name, at in found]
