"""Caches polls in this process for one second, so that a crowd can vote without a query for the poll each.

An outdated copy is safe. A ballot is written only if the poll is still open under the same rules
(polls/ballots/ballot_store.py). The
copy can miss only that its topic was hidden within this second.
"""

import time
from threading import Lock

from django.http import Http404

from forums.access import permissions as forum
from polls.models import Poll

AGE = 1.0
"""Seconds until a cached poll is loaded again."""
MOST = 100
"""The most polls in the cache of a process."""

_read: dict[int, tuple[float, Poll]] = {}
_reading = Lock()


def find(user, pk: int) -> Poll:
    """The poll with its topic and options. Raises Http404 if it does not exist or `user` may not see it.

    No query if it is cached. Do not change the object, because other threads use it too.
    """
    poll = _fresh(pk) if pk < 2**63 else None
    if poll is None or not forum.may_read(user, poll.topic):
        raise Http404
    return poll


def forget() -> None:
    """Empty the cache."""
    _read.clear()


def _fresh(pk):
    until, poll = _read.get(pk, (0.0, None))
    if time.monotonic() < until:
        return poll
    with _reading:  # one thread loads the poll, and the others wait for it
        until, poll = _read.get(pk, (0.0, None))
        if time.monotonic() < until:
            return poll
        poll = Poll.objects.for_page().filter(pk=pk).first()
        if poll is not None and poll.roll_size is None and poll.is_open:
            poll.fix_roll()
        if len(_read) >= MOST:
            _read.clear()
        if poll is not None:
            _read[pk] = time.monotonic() + AGE, poll
    return poll
