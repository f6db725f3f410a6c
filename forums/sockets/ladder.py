"""How much is told of a topic, chosen by how late it arrives: fewer words for everybody rather than late ones."""

from enum import IntEnum

LATE = 1.0
"""Seconds between when a batch should have gone out and when the last page had it, beyond which it is late."""
IN_TIME = 0.5
"""Seconds; below, there is room for more."""
LATE_ONES = 2
"""Late batches in a row after which less is told. One alone may be a hiccup."""
CALM = 10
"""Seconds without trouble after which more is told again."""
LONGEST_CALM = 320
HOLD = 30
"""Seconds, or as long as it had waited, for which the lower step has to hold; else it waits twice as long next time."""


class Step(IntEnum):
    FULL = 0
    """Everything: the new comments themselves."""
    COUNTS = 1
    """That there are changes and how many comments; pages ask for them when their reader wants them."""
    POLLING = 2
    """Nothing; pages ask at a slow pace of their own."""


class Ladder:
    """The step of one stream in one process."""

    __slots__ = ("_calm", "_down_at", "_late_ones", "_trouble_at", "step")

    def __init__(self) -> None:
        self.step = Step.FULL
        self._late_ones, self._calm = 0, CALM
        self._trouble_at = self._down_at = float("-inf")

    def note(self, lag: float, now: float) -> None:
        """A batch has gone out at `now`, `lag` seconds late."""
        if lag > IN_TIME:
            self._trouble_at = now
        self._late_ones = self._late_ones + 1 if lag > LATE else 0
        if self._late_ones >= LATE_ONES and self.step < Step.POLLING:
            has_held = now - self._down_at >= max(HOLD, self._calm)
            self._calm = CALM if has_held else min(2 * self._calm, LONGEST_CALM)
            self.step, self._late_ones = Step(self.step + 1), 0

    def look(self, now: float) -> bool:
        """Go down a step if it has been calm for long enough; whether it did."""
        if self.step == Step.FULL or now - max(self._trouble_at, self._down_at) < self._calm:
            return False
        self.step, self._down_at = Step(self.step - 1), now
        return True
