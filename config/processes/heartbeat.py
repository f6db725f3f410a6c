"""Notices processes that make no progress: each says so in memory that it shares with the supervisor."""

import mmap
import os
import struct
import time
from collections.abc import Iterable
from pathlib import Path

STUCK_SECONDS = 30
"""Seconds without a heartbeat after which a process is replaced. A busy machine delays heartbeats by a few seconds."""


class Heartbeat:
    """The time of a process's last heartbeat. Make it before the fork."""

    def __init__(self) -> None:
        self._at = mmap.mmap(-1, 8)
        self.beat()

    def beat(self) -> None:
        self._at[:] = struct.pack("d", time.monotonic())

    def is_late(self) -> bool:
        return time.monotonic() - struct.unpack("d", self._at[:])[0] > STUCK_SECONDS


def stopped(sessions: Iterable[int]) -> set[int]:
    """The ids of the processes in these sessions that a signal has stopped (SIGSTOP)."""
    wanted = {str(session) for session in sessions}
    found = set()
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            state, session = _state(process)
            if state == "T" and session in wanted:
                found.add(int(process.name))
    return found


def _state(process: Path) -> tuple[str, str]:
    """The state and the session of a process, empty if it has ended. Its name may contain any character."""
    try:
        fields = os.fsdecode((process / "stat").read_bytes()).rpartition(")")[2].split()
    except OSError:
        return "", ""
    return fields[0], fields[3]
