"""Makes a forked process end with its parent, even after kill -9, and gives it a name of its own."""

import ctypes
import os
import signal
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None)


def end_with_parent(number: signal.Signals, parent: int) -> None:
    """Have the kernel send this signal to the calling process when its parent dies. Call it right after the fork.

    `parent` is the parent's process id. If the parent has died already, no signal would come, so this exits at once.
    """
    _libc.prctl(_PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:
        os._exit(1)


def set_process_title(name: str) -> None:
    """Show this name in `ps` instead of the command line that a forked process copies from its parent.

    Overwrites the memory from which the kernel reads the command line; proc(5) describes where it is.
    """
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    begin, end = int(fields[45]), int(fields[46])
    if room := end - begin - 1:
        ctypes.memset(begin, 0, room)
        ctypes.memmove(begin, name.encode()[:room], min(len(name.encode()), room))
