"""Thousands of members come at once, to a site with more processes than Postgres should have connections."""

import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg

from config.engines import postgres
from config.engines.directories import Directories
from tests import processes
from tests.config.engines.test_transaction_pooler import CONFIGURATION, PGBOUNCER
from tests.load.drills.engine_faults import address
from tests.load.drills.stage import Stage

MEMBERS = 5_000
OPTIONS = ("--workers", "24", "--sockets", "4")
"""`serve` takes the last one of an option."""
AT_ONCE = 48
MOST_CONNECTIONS = 50
EVERY = 0.5
"""Seconds between two counts of the connections."""
LIMITS = """
max_client_conn = 1000
max_db_connections = {size}
"""
CONNECTIONS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND datname = current_database() AND pid <> pg_backend_pid()
"""


@contextmanager
def behind_pooler(places: Directories) -> Iterator[dict[str, str]]:
    """Settings of a site behind PgBouncer in transaction mode, which has MOST_CONNECTIONS connections."""
    assert PGBOUNCER, "PgBouncer is not installed."
    port, file = processes.free_port(), places.data / "pgbouncer.ini"
    names = {"name": postgres.NAME, "user": postgres.USER, "sockets": places.sockets}
    file.write_text((CONFIGURATION + LIMITS).format(port=port, size=MOST_CONNECTIONS, **names))
    with (places.data / "pgbouncer.log").open("wb") as log:
        server = subprocess.Popen([*postgres.unprivileged(), PGBOUNCER, file], stdout=log, stderr=log)
    try:
        assert processes.wait_until(lambda: processes.listens(port)), "PgBouncer did not start."
        yield {
            "DATABASE_URL": f"postgres://{postgres.USER}@127.0.0.1:{port}/{postgres.NAME}",
            "TRANSACTION_POOLER": "1",
        }
    finally:
        server.terminate()
        server.wait()


def come(stage: Stage) -> str:
    """Let each member read a topic, reply and vote, and count the connections of Postgres meanwhile."""
    most, over = Counter(), threading.Event()

    def count():
        with suppress(psycopg.OperationalError), psycopg.connect(address(stage), autocommit=True) as watcher:
            while not over.wait(EVERY):
                most[watcher.execute(CONNECTIONS).fetchone()[0]] += 1

    counter = threading.Thread(target=count)
    counter.start()
    turns, before = iter(range(MEMBERS)), len(stage.ledger.attempts)
    visitors = [threading.Thread(target=_visit, args=(stage, turns)) for _ in range(AT_ONCE)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    over.set()
    counter.join()
    attempts = stage.ledger.attempts[before:]
    began, ended = attempts[0].began, max(each.began + each.seconds for each in attempts)
    people = len({each.member for each in attempts} - {0})
    assert people >= MEMBERS * 0.98, people
    return (
        f"{people:,} members, {len(attempts):,} requests in {ended - began:.0f} s; Postgres had at most "
        f"{max(most)} connections, {most.most_common(1)[0][0]} most of the time"
    )


def _visit(stage, turns):
    ledger = stage.ledger
    for _ in turns:
        with ledger.member() as (member, session):
            ledger.read("member reads", ledger.town.page, member, session)
            ledger.write("reply", member, session)
            ledger.write("vote", member, session)
