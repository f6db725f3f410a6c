"""The tabs of one member, ten over all processes; and of visitors, so many an address."""

import asyncio
import time
from typing import NamedTuple

import redis
import structlog
from django_redis import get_redis_connection

from forums import live
from forums.sockets.desk import Desk

AT_MOST = 10
"""Tabs a member. Beyond, the oldest is closed."""
VISITORS_AT_MOST = 1_000
"""Tabs without a member, for each address and process: as many as a school behind one address may need."""
TOO_MANY_TABS = 4009
"""The page must not come back by itself: it would push out another one."""
TOO_MANY_VISITORS = 4010
DAY = 86_400
"""Seconds, after which daphne ends a socket."""
YOUNG = 10
"""Seconds for which a tab counts although its process is not known: that may have just begun, too."""
log = structlog.get_logger("folkmoot.live")


class Note(NamedTuple):
    """That a tab has come or gone."""

    member: int
    name: str
    has_come: bool


class Crowd:
    """Who has which tabs here and, by Redis, elsewhere. Without Redis each process counts its own."""

    def __init__(self, hub) -> None:
        self._hub = hub
        self._of: dict[int, list] = {}
        self._visitors: dict[str, int] = {}
        self._notes = Desk(_note)
        self._under_way: set[asyncio.Task] = set()

    def of(self, member_id: int | None) -> list:
        """The member's tabs in this process, the oldest first."""
        return self._of.get(member_id, [])

    async def admit(self, tab) -> None:
        """Count a tab that is known by now; where that is one too many, somebody has to go."""
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
            # At once: while a page reloads, its old socket must not count against the new one.
            task = asyncio.ensure_future(self._write(Note(tab.counted, self._name(tab), has_come=False)))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        tab.counted = None

    def close(self, member: int, names: list[str]) -> None:
        """Another process has found that these are too many."""
        for tab in list(self.of(member)):
            if self._name(tab) in names:
                _send_away(tab)

    async def _compare(self, tab):
        """See how many the member has everywhere."""
        found = await self._write(Note(tab.member.id, self._name(tab), has_come=True))
        real = [name for name, at in found if self._is_real(name, at)]
        gone = [name for name, at in found if not self._is_real(name, at)] + real[:-AT_MOST]
        for name in gone:
            await self._write(Note(tab.member.id, name, has_come=False))
        if real[:-AT_MOST]:
            told = live.encode("tabs_superseded", member=tab.member.id, names=real[:-AT_MOST])
            await asyncio.to_thread(live.send, {live.CONTROL: told})

    def _is_real(self, name, at):
        """Tabs of a process that was killed are still written down."""
        alive = self._hub.pulse.alive
        return alive is None or name.rpartition(":")[0] in alive or time.time() - at < YOUNG

    def _name(self, tab):
        return f"{self._hub.pulse.process}:{tab.serial}"

    async def _write(self, note):
        try:
            return await self._notes.ask(note)
        except redis.RedisError:
            log.info("tabs not compared")
            return []


def _send_away(tab):
    tab.close(TOO_MANY_TABS, f"You have more than {AT_MOST} tabs open; this one, the oldest, stops.")


def _note(notes: list[Note]) -> list[list[tuple[str, float]]]:
    """Write the notes down; of members who have come, all tabs that are written down, the oldest first."""
    pipe = get_redis_connection("default").pipeline(transaction=False)
    for note in notes:
        key = live.key(f"tabs:{note.member}")
        if note.has_come:
            pipe.zadd(key, {note.name: time.time()}).expire(key, DAY).zrange(key, 0, -1, withscores=True)
        else:
            pipe.zrem(key, note.name)
    results = iter(pipe.execute())
    return [_found(note, results) for note in notes]


def _found(note, results):
    """The last result of a note's commands."""
    if not note.has_come:
        next(results)
        return []
    _added, _prolonged, found = next(results), next(results), next(results)
    return [(name.decode(), at) for name, at in found]
