"""Polls as they were at most a second ago, for the voting of a crowd: one reading of a poll serves all who
vote in it meanwhile.

An old copy harms nothing. The box writes a ballot only if the poll is still open under the same rules
(polls/box.py). What a copy can miss is that its topic was hidden within this second.
"""

import time
from threading import Lock

from django.http import Http404

from forums import permissions as forum
from polls.models import Poll

AGE = 1.0
"""Seconds."""
MOST = 100
"""Polls that a process remembers."""

_read: dict[int, tuple[float, Poll]] = {}
_reading = Lock()


def find(user, pk: int) -> Poll:
    """With its topic and options; 404 where missing or not theirs to see. No query where somebody has just
    asked for it. Not to be changed: other threads hold the same object."""
    poll = _fresh(pk) if pk < 2**63 else None
    if poll is None or not forum.may_read(user, poll.topic):
        raise Http404
    return poll


def forget() -> None:
    """Read every poll anew."""
    _read.clear()


def _fresh(pk):
    until, poll = _read.get(pk, (0.0, None))
    if time.monotonic() < until:
        return poll
    with _reading:  # one of those who wait reads for all
        until, poll = _read.get(pk, (0.0, None))
        if time.monotonic() < until:
            return poll
        poll = Poll.objects.for_page().filter(pk=pk).first()
        if len(_read) >= MOST:
            _read.clear()
        if poll is not None:
            _read[pk] = time.monotonic() + AGE, poll
    return poll
