"""Lowers the priority of threads and processes that may wait for the processor."""

import os
from contextlib import suppress
from pathlib import Path

NICENESS = 5
"""Levels of nice(2). At this priority a thread gets a third of the processor time of a normal thread."""


def lower_thread() -> None:
    """Lower the priority of the calling thread and of threads that it starts."""
    os.nice(NICENESS)  # of one thread on Linux; POSIX would lower the whole process


def lower_process() -> None:
    """Lower the priority of this process. Call it before it has threads; the process must lead its own session."""
    lower_thread()
    # With autogroups (sched(7)), Linux divides the processor among sessions first, so the session needs a level too.
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(NICENESS))
