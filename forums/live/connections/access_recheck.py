"""Rechecks in batches which tabs may still receive their streams, and ends the others."""

import asyncio
from collections.abc import Iterable

import structlog
from django.db.models import Q

from forums.live import streams
from forums.live.connections import stream_access
from forums.live.delivery.batcher import queries
from forums.models import Topic

ROUND = 60
"""Seconds in which every tab is rechecked once, even if no change of rights was published."""
AT_ONCE = 500
"""Tabs in one batch."""
AGAIN = 1
"""Seconds until a batch that failed is repeated, for instance because Postgres was away."""
SIGNED_OUT = 4001
log = structlog.get_logger("folkmoot.live")


class AccessRecheck:
    def __init__(self, hub) -> None:
        self._hub = hub
        self.epoch = 0
        """Grows whenever rights change. A tab that was checked under an older epoch is rechecked."""
        self._doubted: dict = {}
        self._sweep: list = []
        self._work: asyncio.Task | None = None

    def add(self, tabs: Iterable) -> None:
        """Recheck these tabs now."""
        self._doubted.update(dict.fromkeys(tabs))
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._settle())

    def sweep(self, share: float) -> None:
        """Recheck the next `share` of all tabs. Regular calls reach every tab in turn."""
        if not self._sweep:
            self._sweep = list(self._hub.tabs)
        count = max(1, round(share * len(self._sweep)))
        self._sweep, these = self._sweep[count:], self._sweep[:count]
        self.add(tab for tab in these if tab in self._hub.tabs)

    async def hear(self, *, member: int | None, topic: int | None, category: int | None) -> None:
        """Recheck the tabs that `live.access_changed` names."""
        self.epoch += 1
        stream_access.forget()
        if member is not None:
            self.add(self._hub.crowd.of(member))
        elif topic is not None:
            self.add(self._hub.tabs_of(streams.topic(topic)))
        elif category is not None:
            self.add(self._hub.tabs_of(streams.TOPICS))
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
                log.exception("tabs not rechecked")
                self._doubted.update(dict.fromkeys(these))
                await asyncio.sleep(AGAIN)

    async def _ask(self, tab):
        if tab not in self._hub.tabs:
            return
        answer = await self._hub.rights.ask(stream_access.Asked(tab.session, tuple(tab.streams)))
        is_over = tab.member is not None and answer.member is None
        tab.member = answer.member
        for name, heard in answer.heard.items():
            if name not in tab.streams:
                continue
            if heard is None or is_over:
                self._hub.end(tab, name)
            elif heard.labels != tab.streams[name]:
                # The tab may have missed messages under its new labels, for instance after a topic was moved. So it is
                # greeted again.
                tab.hear(name, heard.labels)
                self._hub.greet(tab, self._hub.streams[name])
        if is_over:
            tab.close(SIGNED_OUT, "You are signed out.")


@queries
def _streams_in(category_id, names):
    """Return those of `names` whose topic is in the category or below it. One query."""
    numbers = {streams.number(name, of="topic") for name in names} - {None}
    within = Topic.objects.filter(Q(category=category_id) | Q(category__parent=category_id))
    return [streams.topic(pk) for pk in within.filter(pk__in=numbers).values_list("pk", flat=True)]
