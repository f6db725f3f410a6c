"""Ctrl-C and SIGTERM as a quiet way out, from the first moment to the last."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

SIGNALS = {signal.SIGINT, signal.SIGTERM}


class Stopped(BaseException):
    """Somebody asked us to stop. No `except Exception` on the way may keep it."""


@contextmanager
def until_stopped() -> Iterator[None]:
    """Make either signal, at any moment inside, end this block and nothing else."""
    for number in SIGNALS:
        signal.signal(number, _stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)  # a predecessor may have held them back for us
    with suppress(Stopped):
        yield


# Python swallows what is raised in these: finalizers, and the callbacks of weak references.
SWALLOWING_FILES = ("/weakref.py", "/_weakrefset.py")
SWALLOWING_NAMES = {"__del__", "cb"}
MOMENT = 0.02
"""Seconds."""


def _stop(number, frame):
    if _would_be_swallowed(frame):
        signal.signal(signal.SIGALRM, _stop)
        signal.setitimer(signal.ITIMER_REAL, MOMENT)
        return
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)  # one is enough: the way out must not be interrupted
    raise Stopped


def _would_be_swallowed(frame) -> bool:
    while frame is not None:
        code = frame.f_code
        if code.co_name in SWALLOWING_NAMES or code.co_filename.endswith(SWALLOWING_FILES):
            return True
        frame = frame.f_back
    return False


def forget() -> None:
    """In a forked process: let both signals do again what they do to any process."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
