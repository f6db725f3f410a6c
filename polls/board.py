"""The board: each open poll's tally in Redis, a cache of the ballots in Postgres that is quick to raise and
to read.

A tally is counted from Postgres under a snapshot (polls/counting.py), and carries that snapshot with it.
Whoever has committed a ballot then raises its cells, naming the transaction; Redis passes over those that
the snapshot had seen already. So a count that runs while ballots arrive neither loses nor doubles one,
without holding anybody up:

- while a count is being made, whoever commits also leaves their ballot in a list, and the finished count
  takes from the list what its snapshot had not seen;
- when there is no tally and none is being made, nothing is noted down: a later count will see the ballot.

Everything here is allowed to be lost. A process that dies between commit and raising leaves the tally one
short until `check` finds it; one that cannot reach Redis asks for a new count when it can.
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

from forums import live
from polls import counting

LIFETIME = 600
"""Seconds since the last change; after that the next reader counts again."""
BUILDING = 30
"""Seconds that a count may take."""
log = structlog.get_logger("folkmoot.polls")

LUA = Path(__file__).parent / "lua"
"""What Redis does in one step. A tally's fields that are no cells begin with @."""


def _script(name):
    # Sent by its hash; Redis is given the text when it does not know it, as after a restart.
    return Script(None, (LUA / "seen.lua").read_bytes() + (LUA / f"{name}.lua").read_bytes())


_raise, _finish = _script("raise"), _script("finish")
_suspects: set[int] = set()
_suspecting = Lock()


def raise_cells(poll, transaction: int, change: Counter[str]) -> bool:
    """Add to the poll's tally what a committed transaction has changed, and tell those who watch; one trip
    to Redis. Without Redis the poll is remembered as suspect, and counted anew as soon as Redis answers.
    Never raises for its absence."""
    news = live.channel(live.topic(poll.topic_id)), live.encode("poll_counted", poll=poll.pk)
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
    """The tally's cells as Redis has them, counted from Postgres if they are missing. None without Redis."""
    try:
        if poll.pk in _suspects:
            _clear(poll.pk)
        shown = _shown(poll.pk)
        return _rebuilt(poll) if shown is None else shown
    except redis.RedisError:
        return None


def is_hot(poll_id: int) -> bool:
    """Whether the tally has been raised since it was last counted. Raises RedisError."""
    return _client().hexists(_keys(poll_id)[0], "@hot")


def check(poll, settle=lambda: None) -> int:
    """Compare the tally with Postgres and put it right. Returns how many cells differed, and logs it if any
    did; a tally that is not there differs in none.

    `settle` is called between counting and comparing, to give those a moment who have committed and are
    about to raise their cells. Raises RedisError.
    """
    different = _build(poll, settle)
    if different > 0:
        log.warning("tally repaired", poll=poll.pk, cells=different)
    return different


def wipe(poll_id: int) -> None:
    """Forget a tally, for a closed poll has its own for ever. Also the next reader's way to a new count."""
    try:
        _client().delete(*_keys(poll_id))
    except redis.RedisError:
        log.info("tally not wiped", poll=poll_id)


def _client():
    return get_redis_connection("default")


def _keys(poll_id) -> Iterable[str]:
    # The braces keep the three on one node of a cluster, where one script may touch them together.
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


def _build(poll, settle=lambda: None):
    """Count and put the tally up. -1 where another count has overtaken this one, which is as good."""
    tally_key, building, since = _keys(poll.pk)
    client, mark = _client(), token_hex(8)
    # Before the snapshot is taken, never after: what is committed from here on lies in the list.
    client.set(building, mark, ex=BUILDING)
    cells, snapshot = counting.count(poll)
    settle()
    running = "," + ",".join(map(str, sorted(snapshot.running))) + ","
    given = [mark, snapshot.begin, snapshot.end, running, json.dumps(cells), LIFETIME]
    return _finish(keys=[tally_key, building, since], args=given, client=client)
