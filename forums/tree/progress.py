"""Reports how far an act on many comments has come, to whoever has asked for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_report: ContextVar[Callable[[int], None] | None] = ContextVar("report", default=None)


@contextmanager
def reported_to(report: Callable[[int], None]) -> Iterator[None]:
    """Call `report` with the number of comments that the acts in this block have written so far."""
    done = 0

    def add(count: int) -> None:
        nonlocal done
        done += count
        report(done)

    token = _report.set(add)
    try:
        yield
    finally:
        _report.reset(token)


def advance(count: int) -> None:
    """Report that `count` more comments were written. Does nothing outside of `reported_to`."""
    if add := _report.get():
        add(count)
