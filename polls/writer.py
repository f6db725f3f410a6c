"""Ballots that arrive together are written together.

There is no thread that waits for work. Whoever comes while nobody is writing writes for all who wait by
then, themselves included; the others find their ballot written when they wake. Alone, a voter waits for
nobody.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from threading import Event, Lock

from django.db import IntegrityError

from polls import board, box, tally


@dataclass(eq=False)
class _Waiting:
    poll: object
    sent: box.Sent
    done: Event = field(default_factory=Event)
    went_in: bool = False
    failure: Exception | None = None


_queue: list[_Waiting] = []
_queueing, _writing = Lock(), Lock()


def write(poll, sent: box.Sent) -> bool:
    """Put a first ballot into the box and return once it is committed. False where the member had one
    already, or the poll is not open as it was read. Raises what the database raised."""
    mine = _Waiting(poll, sent)
    with _queueing:
        _queue.append(mine)
    with _writing:
        if not mine.done.is_set():
            _write_all()
    if mine.failure:
        raise mine.failure
    return mine.went_in


def _write_all():
    with _queueing:
        waiting, _queue[:] = _queue[:], []
    groups = defaultdict(list)
    for each in waiting:
        # Copies of a poll read before and after a change of rules must not share a statement.
        groups[each.poll.pk, each.poll.revision].append(each)
    for group in groups.values():
        _write_group(group)


def _write_group(group):
    # A double click within one batch: one statement cannot insert a member twice.
    first = {each.sent.member: each for each in reversed(group)}
    try:
        _put_in(list(first.values()))
    except IntegrityError as error:
        if len(first) == 1:
            _fail(first.values(), error)
        else:
            # Somebody's receipt is in use. Alone, each finds out whose.
            for each in first.values():
                _write_group([each])
    except Exception as error:
        _fail(group, error)
    for each in group:
        each.done.set()


def _put_in(group):
    poll = group[0].poll
    members, transaction = box.cast(poll, [each.sent for each in group])
    change = Counter()
    for each in group:
        each.went_in = each.sent.member in members
        if each.went_in:
            change.update(tally.cells(poll.rule, each.sent.ballot))
    if change:
        board.raise_cells(poll, transaction, change)


def _fail(group, error):
    for each in group:
        each.failure = error
