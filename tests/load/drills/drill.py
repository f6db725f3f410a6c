"""Runs drills one after the other and prints a line for each: `python -m tests.load drills [NAME …]`."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from config.management.operator_error import OperatorError
from tests.load.drills import client_faults, crowd, engine_faults, job_faults, ledger, process_faults
from tests.load.drills.stage import MEMBERS, Settings, Stage, nothing, stage

DISK_MEGABYTES = 300
HEADINGS = ["drill", "shown by", "writes", "not served", "trouble s", "slowest write s", "slowest page s"]


@dataclass(frozen=True)
class Drill:
    """`fault` causes the fault in the running site, ends it and returns what shows that it occurred.

    It raises AssertionError if it did not occur, or if the site behaved wrongly.
    """

    fault: Callable[[Stage], str]
    settings: Settings = nothing
    options: tuple[str, ...] = ()
    disk_megabytes: int = 0
    members: int = MEMBERS


DRILLS = {
    "redis-frozen": Drill(engine_faults.freeze_redis),
    "redis-flushed": Drill(engine_faults.flush_redis),
    "redis-full": Drill(engine_faults.fill_redis),
    "redis-gone": Drill(engine_faults.lose_redis),
    "postgres-frozen": Drill(engine_faults.freeze_postgres),
    "postgres-crash": Drill(engine_faults.crash_postgres),
    "disk-full": Drill(engine_faults.fill_disk, disk_megabytes=DISK_MEGABYTES),
    "worker-killed": Drill(process_faults.kill_a_worker),
    "pages-killed": Drill(process_faults.kill("pages")),
    "sockets-killed": Drill(process_faults.kill("sockets")),
    "jobs-killed": Drill(process_faults.kill("jobs")),
    "all-killed": Drill(process_faults.kill_all),
    "stuck": Drill(process_faults.stop_a_worker),
    "poison": Drill(job_faults.poison, job_faults.with_poison),
    "mail-hangs": Drill(job_faults.hang_mail, job_faults.with_mail_server),
    "slow-clients": Drill(client_faults.be_slow),
    "idle-sockets": Drill(client_faults.be_idle, options=("--sockets", "2")),
    "pooler": Drill(crowd.come, crowd.behind_pooler, crowd.OPTIONS, members=crowd.MEMBERS),
    "migration": Drill(job_faults.migrate),
    "clock-ahead": Drill(job_faults.mislead_clock, job_faults.with_clock(3600)),
    "clock-behind": Drill(job_faults.mislead_clock, job_faults.with_clock(-3600)),
}


def run(names: list[str]) -> None:
    """Run the named drills, or all of them, and print a table. Raises OperatorError if one failed."""
    print("| " + " | ".join(HEADINGS) + " |\n|---|---|---:|---|---:|---:|---:|", flush=True)
    failed = []
    for name in names or DRILLS:
        try:
            print("| " + " | ".join([name, *perform(DRILLS[name])]) + " |", flush=True)
        except AssertionError as error:
            failed.append(name)
            print(f"{name} FAILED: {error}", flush=True)
    if failed:
        raise OperatorError(f"These drills failed: {', '.join(failed)}.")


def perform(drill: Drill) -> list[str]:
    """Run one drill. Returns the cells of its line. Raises AssertionError if something was lost or stored twice."""
    with stage(drill.options, drill.settings, drill.disk_megabytes, drill.members) as staged:
        book = staged.ledger
        with book.writing():
            book.wait_for_writes(ledger.CALM)
            began = time.monotonic()
            shown = drill.fault(staged)
            book.wait_for_writes(ledger.AFTER)
        ledger.audit(book, staged.run)
        seen = ledger.figures(book, began)
    failed = "; ".join(
        f"{kind}: "
        + ", ".join(f"{number} x {status or 'no answer'}" for status, number in sorted(counts.items()))
        for kind, counts in sorted(seen.failed.items())
    )
    return [
        shown,
        str(seen.acknowledged),
        failed or "none",
        f"{seen.trouble:.0f}",
        f"{seen.slowest:.1f}",
        f"{seen.slowest_read:.1f}",
    ]
