"""Where the queries of the current request read: on a replica, or on the primary.

Everything reads from the primary, except requests for which the middleware has called `begin`. Their first read chooses
a replica. A request changes to the primary, and stays there, as soon as

- it runs any statement on the primary: a write, a lock, or whatever else uses `django.db.connection`;
- it needs a position that its replica has not replayed (`require`);
- the replica stops answering. The statement is then run on the primary, and the request goes on.

It never changes back. So nothing that it reads is older than what it has read before, and a cache entry under a
version can only be newer than the version, never older.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

from config.replicas import servers


class Reads:
    """Where one request reads."""

    def __init__(self, required: Callable[[], int]) -> None:
        self._find_required = required
        self.alias: str | None = None
        """None until the first read."""
        self._replayed, self._required = servers.UNKNOWN, 0
        self.wrote = False

    def choose(self) -> str:
        if self.alias is None:
            self.alias, self._replayed = servers.choose(max(self._required, self._find_required()))
        return self.alias

    def use_primary(self) -> None:
        self.alias = DEFAULT_DB_ALIAS

    def require(self, position: int) -> None:
        self._required = max(self._required, position)
        if self.alias is not None and self._replayed < position:
            self.use_primary()


_current: ContextVar[Reads | None] = ContextVar("reads", default=None)


@contextmanager
def begin(required: Callable[[], int]) -> Iterator[Reads]:
    """Let the block read from a replica that has replayed `required()`, which is called before the first read."""
    current = Reads(required)
    token = _current.set(current)
    with ExitStack() as wrappers:
        for alias in connections:
            wrap = _notice if alias == DEFAULT_DB_ALIAS else _fail_over
            wrappers.enter_context(connections[alias].execute_wrapper(wrap))
        try:
            yield current
        finally:
            _current.reset(token)


def alias() -> str:
    """The alias in DATABASES from which to read now. The first call of a request costs one query with replicas."""
    current = _current.get()
    if current is None:
        return DEFAULT_DB_ALIAS
    if connections[DEFAULT_DB_ALIAS].in_atomic_block:
        current.use_primary()
    return current.choose()


def rows(sql: str, parameters: Sequence | Mapping = ()) -> list[tuple]:
    """All rows of SQL that only reads. One query."""
    return connections[alias()].rows(sql, parameters)


def require(position: int) -> None:
    """Let this request read nothing older than this position from now on."""
    if current := _current.get():
        current.require(position)


def is_on_replica() -> bool:
    """Whether this request may read from a replica."""
    current = _current.get()
    return current is not None and current.alias != DEFAULT_DB_ALIAS


def _notice(execute, sql, params, many, context):
    result, current = execute(sql, params, many, context), _current.get()
    if current and sql != servers.POSITION:  # which the choice itself reads
        current.use_primary()
        # Postgres says what it did. A text that begins with WITH may do anything.
        current.wrote |= not (context["cursor"].statusmessage or "").startswith("SELECT")
    return result


def _fail_over(execute, sql, params, many, context):
    """Run a statement. If the replica dies, or cancels it to go on replaying, run it on the primary."""
    try:
        return execute(sql, params, many, context)
    except OperationalError as error:
        replica, current = context["connection"], _current.get()
        if (
            current is None
            or current.alias is None
            or isinstance(error.__cause__, psycopg.errors.QueryCanceled)
        ):
            raise
        current.use_primary()
        if not isinstance(error.__cause__, psycopg.errors.SerializationFailure):
            servers.skip(replica.alias, error)
        primary, wrapper = connections[DEFAULT_DB_ALIAS], context["cursor"]
        wrapper.cursor, wrapper.db = primary.cursor().cursor, primary
        return wrapper._execute_with_wrappers(sql, params, many, wrapper._execute)
