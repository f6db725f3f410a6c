"""The lease of the process that starts the periodic tasks."""

from zlib import crc32

from django.db import connection

from config.engines.postgresql.lease import Lease

SNAPSHOTS = """
    SELECT backend_xmin FROM pg_stat_activity
    WHERE pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid::bigint = %s)
"""


def test_its_transaction_keeps_no_snapshot_that_vacuum_and_new_indexes_would_wait_for(db):
    lease = Lease("drill")
    try:
        for _ in range(2):  # taken, and renewed
            assert lease.is_ours()
            with connection.cursor() as cursor:
                cursor.execute(SNAPSHOTS, [crc32(b"drill")])
                assert cursor.fetchall() == [(None,)]
    finally:
        lease.leave()
