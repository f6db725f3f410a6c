"""Who gives way to whom where the processor is short."""

import os
from contextlib import suppress
from pathlib import Path

BY = 5
"""Levels of nice(2): whoever gives way gets a third of the share of whoever does not."""


def thread() -> None:
    """The thread that asks, and those that it starts."""
    os.nice(BY)  # Linux's: POSIX has it for a whole process


def process() -> None:
    """This process, before it has threads. It must lead a session of its own."""
    thread()
    # Sessions are weighed against each other before their processes are, where sched(7)'s autogroups are on.
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(BY))
