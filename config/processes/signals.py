"""Turns Ctrl-C and SIGTERM into an exception, so that a command ends in order at any moment."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

SIGNALS = {signal.SIGINT, signal.SIGTERM}


class Stopped(KeyboardInterrupt):
    """Ctrl-C or SIGTERM. It is no `Exception`, because handlers on the way must not catch it.

    At a KeyboardInterrupt psycopg cancels the statement that it waits for, so that Django can roll back.
    """


@contextmanager
def until_stopped() -> Iterator[None]:
    """Run a block that either signal ends quietly. The code after the block runs as usual."""
    for number in SIGNALS:
        signal.signal(number, _stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)  # `launch.become_supervisor` blocks them before exec
    with suppress(Stopped):
        yield


# Python prints and drops exceptions in finalizers and in callbacks of weak references, so a signal has to wait there.
SWALLOWING_FILES = ("/weakref.py", "/_weakrefset.py")
SWALLOWING_NAMES = {"__del__", "cb"}
RETRY_SECONDS = 0.02
"""Seconds until a signal that would have been dropped is tried again."""


def raise_at_ctrl_c() -> None:
    """Let Ctrl-C raise KeyboardInterrupt where it is not dropped, as Python's own handler does not ensure.

    Does nothing where Ctrl-C is ignored.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)


def _interrupt(number, frame):
    if not _is_put_off(frame, _interrupt):
        raise KeyboardInterrupt


def _stop(number, frame):
    if _is_put_off(frame, _stop):
        return
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)  # a second signal must not interrupt the cleanup
    raise Stopped


def _is_put_off(frame, handler) -> bool:
    """Whether an exception would be swallowed here. If so, `handler` is called again a little later."""
    if not _would_be_swallowed(frame):
        return False
    signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, RETRY_SECONDS)
    return True


def _would_be_swallowed(frame) -> bool:
    while frame is not None:
        code = frame.f_code
        if code.co_name in SWALLOWING_NAMES or code.co_filename.endswith(SWALLOWING_FILES):
            return True
        frame = frame.f_back
    return False


def restore_defaults() -> None:
    """Restore the default effect of both signals, in a forked process."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # which only the parent understands
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
