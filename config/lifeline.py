"""Processes that end with the one that started them, even after a kill -9."""

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None)


def end_with_parent(number: signal.Signals, parent: int) -> None:
    """Have the kernel send us a signal when our parent dies. Call it right after the fork, in the child.

    `parent` is who should be alive: if it died in between, the kernel will not tell any more.
    """
    _libc.prctl(_PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:
        os._exit(1)
