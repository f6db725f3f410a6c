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


def _stop(number, frame):
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)  # one is enough: the way out must not be interrupted
    raise Stopped


def forget() -> None:
    """In a forked process: let both signals do again what they do to any process."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
