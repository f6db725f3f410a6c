"""Tabs that may no longer hear what they hear: asked anew, all at once, and told where it has ended."""

import asyncio
from collections.abc import Iterable

import structlog
from django.db.models import Q

from forums import live
from forums.models import Topic
from forums.sockets import rights
from forums.sockets.desk import queries

ROUND = 60
"""Seconds in which every tab is asked anew, whether anybody has told that something changed or not."""
AT_ONCE = 500
AGAIN = 1
"""Seconds until those are asked again who could not be, because Postgres was away."""
SIGNED_OUT = 4001
log = structlog.get_logger("folkmoot.live")


class Doubts:
    def __init__(self, hub) -> None:
        self._hub = hub
        self.epoch = 0
        """Grows whenever rights change: who has been given an answer meanwhile is asked again."""
        self._doubted: dict = {}
        self._sweep: list = []
        self._work: asyncio.Task | None = None

    def add(self, tabs: Iterable) -> None:
        """Have these asked anew, now."""
        self._doubted.update(dict.fromkeys(tabs))
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._settle())

    def sweep(self, share: float) -> None:
        """Have the next `share` of all tabs asked anew; called regularly, so that in the end everybody was."""
        if not self._sweep:
            self._sweep = list(self._hub.tabs)
        count = max(1, round(share * len(self._sweep)))
        self._sweep, these = self._sweep[count:], self._sweep[:count]
        self.add(tab for tab in these if tab in self._hub.tabs)

    async def hear(self, *, member: int | None, topic: int | None, category: int | None) -> None:
        """What `live.access_changed` tells."""
        self.epoch += 1
        rights.forget()
        if member is not None:
            self.add(self._hub.crowd.of(member))
        elif topic is not None:
            self.add(self._hub.tabs_of(live.topic(topic)))
        elif category is not None:
            self.add(self._hub.tabs_of(live.TOPICS))
            for name in await _streams_in(category, list(self._hub.streams)):
                self.add(self._hub.tabs_of(name))
        else:
            self.add(self._hub.tabs)

    async def _settle(self):
        while self._doubted:
            these = list(self._doubted)[:AT_ONCE]
            for tab in these:
                del self._doubted[tab]
            try:
                await asyncio.gather(*map(self._ask, these))
            except Exception:
                log.exception("tabs not asked anew")
                self._doubted.update(dict.fromkeys(these))
                await asyncio.sleep(AGAIN)

    async def _ask(self, tab):
        if tab not in self._hub.tabs:
            return
        answer = await self._hub.rights.ask(rights.Asked(tab.session, tuple(tab.streams)))
        is_over = tab.member is not None and answer.member is None
        tab.member = answer.member
        for name, heard in answer.heard.items():
            if name not in tab.streams:
                continue
            if heard is None or is_over:
                self._hub.end(tab, name)
            elif heard.labels != tab.streams[name]:
                # What was told under the new labels meanwhile, as when a topic has just been moved, it has not heard.
                tab.hear(name, heard.labels)
                self._hub.greet(tab, self._hub.streams[name])
        if is_over:
            tab.close(SIGNED_OUT, "You are signed out.")


@queries
def _streams_in(category_id, names):
    """Those of `names` that are of topics in a category or below it. One query."""
    numbers = {live.number(name, of="topic") for name in names} - {None}
    within = Topic.objects.filter(Q(category=category_id) | Q(category__parent=category_id))
    return [live.topic(pk) for pk in within.filter(pk__in=numbers).values_list("pk", flat=True)]
