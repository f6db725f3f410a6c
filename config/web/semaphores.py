"""Semaphores for costly requests: few of a kind run at the same time on the whole site, each for a short time.

A permit is an advisory lock of Postgres that belongs to a transaction. Postgres frees it when the transaction ends,
even if the process is killed. It also works through a pooler in transaction mode, and without Redis. Each replica has
its own permits.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from zlib import crc32

from django.db import connections, transaction

from config.replicas import reads

TAKEN = "Many people are doing this at the moment. Please try again in a few seconds."


class Busy(Exception):
    """All permits are taken; the page is a 503 with this exception's sentence."""


@contextmanager
def semaphore(kind: str, *, permits: int, seconds: float, **settings: str) -> Iterator[None]:
    """Run the block in a transaction that holds one of the `permits` for `kind` and has these settings of Postgres.

    Each statement of the block may take `seconds`. Raises Busy if all permits are taken. One query for each permit
    that is tried.
    """
    number = crc32(kind.encode()) - 2**31  # advisory locks have signed numbers
    settings = {"statement_timeout": f"{seconds * 1000:.0f}", **settings}
    sql = "SELECT pg_try_advisory_xact_lock(%s, %s)" + ", set_config(%s, %s, true)" * len(settings)
    values = list(chain.from_iterable(settings.items()))
    alias = reads.alias()
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        for place in range(permits):
            cursor.execute(sql, [number, place, *values])
            if cursor.fetchone()[0]:
                break
        else:
            raise Busy(TAKEN)
        yield
