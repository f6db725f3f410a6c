"""Which replica can answer: how far each has replayed the write-ahead log, and which are away.

A position is a number of bytes in the write-ahead log of Postgres (`pg_lsn`). It grows with every write.
"""

import mmap
import random
import struct
import time
from collections.abc import Iterator
from threading import Lock

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections

from config.management.doctor_checks import Finding

LAG_SECONDS = 5
"""A replica must have replayed what the primary wrote twice this time ago. Otherwise it is skipped."""
AWAY_SECONDS = 10
"""Seconds in which no process tries a replica that did not answer."""
ANSWER_SECONDS = 1
"""Seconds that a replica has to say how far it is. A request loses them once before the replica is skipped."""
UNKNOWN = 2**63
"""A position that no replica reaches."""
POSITION = "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn"
_PREFIX, _MOST = "replica-", 32
_away = mmap.mmap(
    -1, 8 * _MOST
)  # until when each replica is skipped; shared with the processes that are forked later
log = structlog.get_logger("folkmoot.replicas")


def aliases(urls: list[str]) -> list[str]:
    """The names of the replicas in DATABASES. Raises ValueError above 32."""
    if len(urls) > _MOST:
        raise ValueError(f"DATABASE_REPLICA_URLS has more than {_MOST} replicas")
    return [f"{_PREFIX}{number}" for number in range(len(urls))]


def position() -> int:
    """The position of the primary now: all that has been committed lies before it. One query; UNKNOWN if it fails."""
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(POSITION)
            return int(cursor.fetchone()[0])
    except (DatabaseError, InterfaceError):
        return UNKNOWN


def choose(required: int) -> tuple[str, int]:
    """Return the alias and the position of a replica that has replayed `required`, otherwise of the primary.

    One query for each replica that is tried, and every LAG_SECONDS one on the primary.
    """
    required = max(required, _floor.position())
    found = aliases(settings.DATABASE_REPLICA_URLS)
    for alias in random.sample(found, len(found)):
        if not _is_away(alias) and (replayed := _replayed(alias)) is not None and replayed >= required:
            return alias, replayed
    return DEFAULT_DB_ALIAS, UNKNOWN


def skip(alias: str, reason: object) -> None:
    """Let no process use this replica for AWAY_SECONDS."""
    log.error("replica skipped", replica=alias, reason=str(reason).partition("\n")[0])
    struct.pack_into("d", _away, 8 * _number(alias), time.monotonic() + AWAY_SECONDS)
    connections[alias].close()


def findings() -> Iterator[Finding]:
    """The findings of this module for `doctor`."""
    written = position()
    for number, alias in enumerate(aliases(settings.DATABASE_REPLICA_URLS), 1):
        replayed = _replayed(alias)
        if replayed is None:
            yield (
                False,
                f"Replica {number} of DATABASE_REPLICA_URLS does not answer, or is no replica: start or remove it.",
            )
        else:
            yield True, f"Replica {number} is {max(written - replayed, 0):,} bytes behind the primary"


class _Floor:
    """The position that every replica must have replayed: where the primary was 5 to 10 seconds ago.

    This needs no clock of another machine. It also notices a replica that no longer receives anything.
    """

    def __init__(self) -> None:
        self._lock, self._older, self._newer = Lock(), 0, 0
        self._taken = -2.0 * LAG_SECONDS - 1

    def position(self) -> int:
        """While the primary is away, it is where the primary was last: replicas still answer then."""
        with self._lock:
            age = time.monotonic() - self._taken
            if age > LAG_SECONDS and (now := position()) != UNKNOWN:
                self._older = now if age > 2 * LAG_SECONDS else self._newer
                self._newer, self._taken = now, time.monotonic()
            return self._older


_floor = _Floor()


def _replayed(alias):
    """How far a replica is, or None after skipping it. Connects again if a restart has ended the connection."""
    connection, began = connections[alias], time.monotonic()
    for is_last in (connection.connection is None, True):
        try:
            with connection.answering_within(ANSWER_SECONDS), connection.cursor() as cursor:
                cursor.execute("SELECT pg_last_wal_replay_lsn() - '0/0'::pg_lsn")
                (replayed,) = cursor.fetchone()
        except (DatabaseError, InterfaceError) as error:
            connection.close()
            if is_last or time.monotonic() - began >= ANSWER_SECONDS:
                skip(alias, error)
                return None
        else:
            if replayed is None:
                skip(alias, "it is a primary")
                return None
            return int(replayed)
    return None


def _is_away(alias):
    return time.monotonic() < struct.unpack_from("d", _away, 8 * _number(alias))[0]


def _number(alias):
    return int(alias.removeprefix(_PREFIX))
