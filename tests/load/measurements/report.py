"""What was measured, as Markdown for the README."""

import os
import platform
from collections.abc import Iterable
from pathlib import Path

from django.db import connection

from forums.models import Comment, Topic
from tests.load.client.scenario import Scenario
from tests.load.measurements.page_weight import Weight
from tests.load.measurements.queries import Inside
from tests.load.measurements.rounds import Figures


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    """A Markdown table; all columns but the first are numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def pages(scenarios: list[Scenario], figures: list[Figures], insides: list[Inside]) -> str:
    head = ["page", "requests/s", "p50 ms", "p99 ms", "CPU ms", "SQL cold/warm", "KB gzip", "KB", "comments"]
    return table(head, (
        [
            f"{asked.name}, {asked.viewer}", *_speed(found), f"{inside.cold}/{inside.warm}",
            f"{found.size / 1000:.1f}", f"{inside.size / 1000:.0f}", str(inside.comments or ""),
        ]
        for asked, found, inside in zip(scenarios, figures, insides, strict=True)
    ))  # fmt: skip


def posting(scenarios: list[Scenario], figures: list[Figures]) -> str:
    head = [f"posting, {scenarios[0].connections} clients", "replies/s", "p50 ms", "p99 ms", "CPU ms"]
    return table(
        head, ([asked.name, *_speed(found)] for asked, found in zip(scenarios, figures, strict=True))
    )


def _speed(found):
    return [
        f"{found.rate:,.0f}",
        f"{found.p50 * 1000:.1f}",
        f"{found.p99 * 1000:.1f}",
        f"{found.cost * 1000:.2f}",
    ]


def beside(scenarios: list[Scenario], words: str, quiet: list[tuple], busy: list[tuple]) -> str:
    """Latencies while the machine has nothing else to do, and beside what the `words` say."""
    head = ["page", "quiet p50 ms", "p99 ms", f"{words} p50 ms", "p99 ms", "p50", "p99"]
    return table(head, (
        [
            f"{asked.name}, {asked.viewer}",
            *(f"{seconds * 1000:.1f}" for seconds in (*calm, *other)),
            *(f"{after / before:.2f} x" for before, after in zip(calm, other, strict=True)),
        ]
        for asked, calm, other in zip(scenarios, quiet, busy, strict=True)
    ))  # fmt: skip


def memory(families: dict[str, float]) -> str:
    rows = [
        [name, f"{megabytes:.0f}"] for name, megabytes in sorted(families.items(), key=lambda row: -row[1])
    ]
    return table(["memory", "MB (PSS)"], [*rows, ["**all**", f"**{sum(families.values()):.0f}**"]])


def weight(found: Weight) -> str:
    styles, scripts = found.styles / 1000, found.scripts / 1000
    return f"Styles {styles:.1f} KB and scripts {scripts:.1f} KB, together {styles + scripts:.1f} KB (gzip)."


def facts(command: str, busy: float) -> str:
    """Where and on what it was measured; two queries."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = cursor.fetchone()[0].split()[0]
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 1e6
    return (
        f"`{command}` on {len(os.sched_getaffinity(0))} cores ({_processor()}), {memory:.0f} GB, "
        f"Python {platform.python_version()}, PostgreSQL {postgres}; {Topic.objects.count():,} topics, "
        f"{Comment.objects.count():,} comments. The client took up to {busy:.0%} of a core on the same machine."
    )


def _processor():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), platform.machine())
