"""Caches the tally of each open poll in Redis. The ballots in Postgres stay the only truth.

A tally is counted from Postgres and stored with the snapshot of that count (polls/counting/ballot_count.py). After
a ballot is
committed, its cells are added together with the id of its transaction. Redis skips transactions that the snapshot
already includes. A count that runs while ballots arrive therefore neither loses a ballot nor counts one twice, and
blocks nobody:

- While a count runs, each committed ballot is also appended to a list. The finished count adds those ballots of the
  list that its snapshot does not include.
- If there is no tally and no count runs, nothing is stored. A later count includes the ballot.

Everything in Redis may be lost. If a process dies between the commit and the addition, the tally lacks one ballot until
`check` finds it. A process that cannot reach Redis discards the tally as soon as it can, so that it is counted again.
"""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from secrets import token_hex
from threading import Lock

import redis
import structlog
from django_redis import get_redis_connection
from redis.commands.core import Script

from forums.live import streams
from polls.counting import ballot_count

LIFETIME = 600
"""Seconds after the last change. Then the tally expires, and the next reader counts again."""
BUILDING = 30
"""Seconds that a count may take."""
log = structlog.get_logger("folkmoot.polls")

LUA = Path(__file__).parent / "lua"
"""Scripts that Redis runs atomically. In a tally, fields that are not cells begin with @."""


def _script(name):
    # Called by its hash. The text is sent only if Redis does not have it, for example after a restart.
    return Script(None, (LUA / "seen.lua").read_bytes() + (LUA / f"{name}.lua").read_bytes())


_raise, _finish = _script("raise"), _script("finish")
_suspects: set[int] = set()
_suspecting = Lock()


def raise_cells(poll, transaction: int, change: Counter[str]) -> bool:
    """Add the change of a committed transaction to the tally and publish it. One round trip to Redis.

    Returns False without Redis: the process then remembers the poll as suspect, and discards its tally as soon as
    Redis responds. Never raises RedisError.
    """
    news = streams.channel(streams.topic(poll.topic_id)), streams.encode("poll_counted", poll=poll.pk)
    change = json.dumps({cell: number for cell, number in change.items() if number})
    try:
        _raise(keys=_keys(poll.pk), args=[transaction, change, BUILDING, LIFETIME, *news], client=_client())
        if poll.pk in _suspects:
            _clear(poll.pk)
    except redis.RedisError:
        with _suspecting:
            _suspects.add(poll.pk)
        return False
    return True


def read(poll) -> Counter[str] | None:
    """The cells of the tally in Redis, counted from Postgres first if they are missing. None without Redis."""
    try:
        if poll.pk in _suspects:
            _clear(poll.pk)
        shown = _shown(poll.pk)
        return _rebuilt(poll) if shown is None else shown
    except redis.RedisError:
        return None


def is_hot(poll_id: int) -> bool:
    """Whether ballots have been added to the tally since it was last counted. Raises RedisError."""
    return _client().hexists(_keys(poll_id)[0], "@hot")


def check(poll, wait=lambda: None) -> int:
    """Compare the tally with the ballots in Postgres and replace it.

    Returns how many cells differed, 0 if there was no tally and -1 if another count has started; logs differences.
    `wait` is called between counting and comparing. It waits for processes that have committed a ballot but have
    not added it yet. Raises RedisError.
    """
    different = _build(poll, wait)
    if different > 0:
        log.warning("tally repaired", poll=poll.pk, cells=different)
    return different


def wipe(poll_id: int) -> None:
    """Delete the tally from Redis. A closed poll keeps its tally in Postgres; an open one is counted again."""
    try:
        _client().delete(*_keys(poll_id))
    except redis.RedisError:
        log.info("tally not wiped", poll=poll_id)


def _client():
    return get_redis_connection("default")


def _keys(poll_id) -> Iterable[str]:
    # The braces keep the three keys on one node of a Redis cluster, so that one script may use them.
    return [f"{{poll:{poll_id}}}:{part}" for part in ("tally", "building", "since")]


def _shown(poll_id):
    stored = _client().hgetall(_keys(poll_id)[0])
    if b"@begin" not in stored:
        return None
    return Counter({cell.decode(): int(n) for cell, n in stored.items() if not cell.startswith(b"@")})


def _rebuilt(poll):
    _build(poll)
    return _shown(poll.pk)


def _clear(poll_id):
    _client().delete(_keys(poll_id)[0])
    with _suspecting:
        _suspects.discard(poll_id)


def _build(poll, wait=lambda: None):
    """Count and store the tally. Returns -1 if another count has started meanwhile, which will replace it."""
    tally_key, building, since = _keys(poll.pk)
    client, mark = _client(), token_hex(8)
    # Before the snapshot is taken, never after it: each ballot that is committed from here on must be in the list.
    client.set(building, mark, ex=BUILDING)
    cells, snapshot = ballot_count.count(poll)
    wait()
    running = "," + ",".join(map(str, sorted(snapshot.running))) + ","
    given = [mark, snapshot.begin, snapshot.end, running, json.dumps(cells), LIFETIME]
    return _finish(keys=[tally_key, building, since], args=given, client=client)
