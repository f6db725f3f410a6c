"""One stream of this process: its connections, and the messages that wait for the next batch."""

import asyncio
import json
import time

import structlog

from config.monitoring import tracing
from forums.live.delivery import expanders
from forums.live.delivery.batcher import queries, start_background
from forums.live.delivery.load_shedding import LoadShedding, Step
from forums.live.delivery.transport import deliver

BATCH = 0.25
"""Seconds at least between two batches of a stream."""
MAX_PAUSE = 1.0
SHARE = 2
"""The pause after a batch is at least SHARE times as long as the batch took."""
log = structlog.get_logger("folkmoot.live")


class Stream:
    """Collects messages and writes them to its connections in batches.

    In `sent`, expanders keep what was sent, for instance a topic's version. `lag` is how many seconds late the
    last batch was, and `deliveries` is the number of messages written so far.
    """

    __slots__ = (
        "_due",
        "_task",
        "_traces",
        "_waiting",
        "connections",
        "deliveries",
        "joining",
        "lag",
        "load_shedding",
        "name",
        "sent",
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.connections: set = set()
        self.joining = 0
        """Number of connections that are about to join."""
        self.sent: dict = {}
        self.load_shedding = LoadShedding()
        self.lag = 0.0
        self.deliveries = 0
        self._waiting: dict[str, None] = {}
        self._traces: list[str] = []
        self._due = 0.0
        self._task: asyncio.Task | None = None

    @property
    def step(self) -> Step:
        return self.load_shedding.step

    def enqueue(self, text: str, trace: str = "") -> None:
        """Add a message to the next batch. Equal messages in a batch are sent once, in the trace of the first."""
        if trace:
            self._traces.append(trace)
        if not self._waiting:
            self._due = max(self._due, time.monotonic())
        self._waiting[text] = None
        if self._task is None or self._task.done():
            self._task = start_background(self._send_batches())

    async def _send_batches(self):
        while self._waiting:
            await asyncio.sleep(max(0.0, self._due - time.monotonic()))
            waiting, self._waiting = self._waiting, {}
            traces, self._traces = self._traces, []
            due, began = self._due, time.monotonic()
            try:
                with tracing.span(
                    "deliver live updates", traces, stream=self.name, pages=len(self.connections)
                ):
                    self.deliveries += await deliver(self.connections, await self._versions(waiting))
            except Exception:
                log.exception("batch not sent", stream=self.name)
            now = time.monotonic()
            self.lag = now - due
            self.load_shedding.record(self.lag, now)
            pause = MAX_PAUSE if self.step else min(max(BATCH, SHARE * (now - began)), MAX_PAUSE)
            self._due = max(began + pause, now)

    async def _versions(self, texts):
        """Turn a batch of messages into versions. A kind without an expander has one version for all."""
        kinds: dict[str, list[dict]] = {}
        for text in texts:
            message = json.loads(text)
            kinds.setdefault(message["kind"], []).append(message)
        versions = []
        for kind, messages in kinds.items():
            if expand := expanders.expander(kind):
                versions += await _expanded(expand, messages, self)
            else:
                versions += [{"": json.dumps(message, separators=(",", ":"))} for message in messages]
        return versions


@queries
def _expanded(expand, messages, stream):
    return list(expand(messages, stream))
