"""One stream of this process: its tabs, and the messages that wait for the next batch."""

import asyncio
import json
import time

import structlog

from forums.live.delivery import expanders
from forums.live.delivery.batcher import queries
from forums.live.delivery.load_shedding import LoadShedding, Step
from forums.live.delivery.transport import deliver

BATCH = 0.25
"""Seconds at least between two batches of a stream."""
LONGEST = 1.0
SHARE = 2
"""The pause after a batch is at least SHARE times as long as the batch took."""
log = structlog.get_logger("folkmoot.live")


class Stream:
    """Collects messages and writes them to its tabs in batches.

    `told` is where expanders remember what was sent, for instance a topic's version. `lag` is how many seconds late the
    last batch was, and `deliveries` is the number of messages written so far.
    """

    __slots__ = (
        "_due",
        "_task",
        "_waiting",
        "deliveries",
        "expected",
        "ladder",
        "lag",
        "name",
        "tabs",
        "told",
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.tabs: set = set()
        self.expected = 0
        """Number of tabs that are about to join."""
        self.told: dict = {}
        self.ladder = LoadShedding()
        self.lag = 0.0
        self.deliveries = 0
        self._waiting: dict[str, None] = {}
        self._due = 0.0
        self._task: asyncio.Task | None = None

    @property
    def step(self) -> Step:
        return self.ladder.step

    def hear(self, text: str) -> None:
        """Add a message to the next batch. Equal messages in a batch are sent once."""
        if not self._waiting:
            self._due = max(self._due, time.monotonic())
        self._waiting[text] = None
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._tell())

    async def _tell(self):
        while self._waiting:
            await asyncio.sleep(max(0.0, self._due - time.monotonic()))
            waiting, self._waiting = self._waiting, {}
            due, began = self._due, time.monotonic()
            try:
                self.deliveries += await deliver(self.tabs, await self._versions(waiting))
            except Exception:
                log.exception("batch not sent", stream=self.name)
            now = time.monotonic()
            self.lag = now - due
            self.ladder.note(self.lag, now)
            pause = LONGEST if self.step else min(max(BATCH, SHARE * (now - began)), LONGEST)
            self._due = max(began + pause, now)

    async def _versions(self, texts):
        """Turn a batch of messages into versions. A kind without an expander has one version for all."""
        kinds: dict[str, list[dict]] = {}
        for text in texts:
            message = json.loads(text)
            kinds.setdefault(message["kind"], []).append(message)
        told = []
        for kind, messages in kinds.items():
            if expand := expanders.expander(kind):
                told += await _expanded(expand, messages, self)
            else:
                told += [{"": json.dumps(message, separators=(",", ":"))} for message in messages]
        return told


@queries
def _expanded(expand, messages, stream):
    return list(expand(messages, stream))
