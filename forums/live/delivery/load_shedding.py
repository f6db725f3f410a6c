"""Chooses how much of a topic's changes is sent, by how late batches are: sending less keeps it in time."""

from enum import IntEnum

LATE = 1.0
"""Seconds from when a batch was due until it was written to the last page. Beyond, the batch is late."""
IN_TIME = 0.5
"""Seconds. Below, more can be sent."""
LATE_BATCHES = 2
"""Late batches in a row after which less is sent. A single one may be an accident."""
CALM = 10
"""Seconds without a late batch after which more is sent again."""
MAX_CALM = 320
HOLD = 30
"""Seconds for which a lower step must hold, or as long as the calm before it. Otherwise the next calm takes twice as
long."""


class Step(IntEnum):
    FULL = 0
    """The changes themselves, with new comments."""
    COUNTS = 1
    """The number of comments. A page fetches the changes when its reader asks for them."""
    POLLING = 2
    """Nothing. Pages poll slowly."""


class LoadShedding:
    """The step of one stream in one process."""

    __slots__ = ("_calm", "_late_at", "_late_batches", "_restored_at", "step")

    def __init__(self) -> None:
        self.step = Step.FULL
        self._late_batches, self._calm = 0, CALM
        self._late_at = self._restored_at = float("-inf")

    def record(self, lag: float, now: float) -> None:
        """Record that a batch was written at `now`, `lag` seconds late."""
        if lag > IN_TIME:
            self._late_at = now
        self._late_batches = self._late_batches + 1 if lag > LATE else 0
        if self._late_batches >= LATE_BATCHES and self.step < Step.POLLING:
            has_held = now - self._restored_at >= max(HOLD, self._calm)
            self._calm = CALM if has_held else min(2 * self._calm, MAX_CALM)
            self.step, self._late_batches = Step(self.step + 1), 0

    def recover(self, now: float) -> bool:
        """Go down one step, so that more is sent, after enough calm. Returns whether it did."""
        if self.step == Step.FULL or now - max(self._late_at, self._restored_at) < self._calm:
            return False
        self.step, self._restored_at = Step(self.step - 1), now
        return True
