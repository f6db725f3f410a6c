"""Formats measurements as Markdown tables for the README."""

import os
import platform
from collections.abc import Iterable
from pathlib import Path

from django.db import connection

from forums.models import Comment, Topic
from tests.load.client.scenario import Scenario
from tests.load.measurements.page_weight import Weight
from tests.load.measurements.queries import PageCost
from tests.load.measurements.rounds import Figures


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    """A Markdown table. All columns but the first are numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def pages(
    scenarios: list[Scenario], figures: list[Figures], costs: list[PageCost], bare_figures: Figures
) -> str:
    """Throughput, latency, processor time, queries and size of each page."""
    head = [
        "page", "requests/s", "p50 ms", "p99 ms", "CPU ms", "x bare", "SQL cold/warm", "KB sent", "KB", "comments",
    ]  # fmt: skip
    return table(head, (
        [
            f"{page.name}, {page.viewer}", *_speed(found), _multiple(found, bare_figures), f"{cost.cold}/{cost.warm}",
            f"{found.size / 1000:.1f}", f"{cost.size / 1000:.0f}", str(cost.comments or ""),
        ]
        for page, found, cost in zip(scenarios, figures, costs, strict=True)
    ))  # fmt: skip


def others(scenarios: list[Scenario], figures: list[Figures]) -> str:
    """Throughput, latency and size of pages of other forums. Their processor time is not known."""
    head = ["page of another forum", "requests/s", "p50 ms", "p99 ms", "KB sent"]
    return table(head, (
        [f"{page.name}, {page.viewer}", *_speed(found)[:3], f"{found.size / 1000:.1f}"]
        for page, found in zip(scenarios, figures, strict=True)
    ))  # fmt: skip


def posting(scenarios: list[Scenario], figures: list[Figures], bare_figures: Figures) -> str:
    """Throughput, latency and processor time of replies."""
    head = [
        f"posting, {scenarios[0].connections} clients",
        "replies/s",
        "p50 ms",
        "p99 ms",
        "CPU ms",
        "x bare",
    ]
    return table(head, (
        [each.name, *_speed(found), _multiple(found, bare_figures)]
        for each, found in zip(scenarios, figures, strict=True)
    ))  # fmt: skip


def bare(found: Figures) -> str:
    """The page of Django alone, which "x bare" refers to."""
    return f"Bare Django: {found.rate:,.0f} requests/s, {found.cost * 1000:.2f} ms of CPU, {found.size / 1000:.1f} KB."


def _multiple(found, bare_figures):
    return f"{found.cost / bare_figures.cost:.2f}"


def _speed(found):
    return [
        f"{found.rate:,.0f}",
        f"{found.p50 * 1000:.1f}",
        f"{found.p99 * 1000:.1f}",
        f"{found.cost * 1000:.2f}",
    ]


def beside(scenarios: list[Scenario], words: str, quiet: list[tuple], busy: list[tuple]) -> str:
    """Latencies of pages on a quiet machine and under the load that `words` names."""
    head = ["page", "quiet p50 ms", "p99 ms", f"{words} p50 ms", "p99 ms", "p50", "p99"]
    return table(head, (
        [
            f"{page.name}, {page.viewer}",
            *(f"{seconds * 1000:.1f}" for seconds in (*calm, *other)),
            *(f"{after / before:.2f} x" for before, after in zip(calm, other, strict=True)),
        ]
        for page, calm, other in zip(scenarios, quiet, busy, strict=True)
    ))  # fmt: skip


def memory(families: dict[str, float]) -> str:
    """Megabytes of each kind of process, the largest first."""
    rows = [
        [name, f"{megabytes:.0f}"] for name, megabytes in sorted(families.items(), key=lambda row: -row[1])
    ]
    return table(["memory", "MB (PSS)"], [*rows, ["**all**", f"**{sum(families.values()):.0f}**"]])


def weight(found: Weight) -> str:
    styles, scripts = found.styles / 1000, found.scripts / 1000
    return f"Styles {styles:.1f} KB and scripts {scripts:.1f} KB, together {styles + scripts:.1f} KB (gzip)."


def facts(command: str, busy: float) -> str:
    """The command, the machine, the versions and the size of the forum. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = cursor.fetchone()[0].split()[0]
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 1e6
    return (
        f"`{command}` on {len(os.sched_getaffinity(0))} cores ({_processor()}), {memory:.0f} GB, "
        f"Python {platform.python_version()}, PostgreSQL {postgres}; {Topic.objects.count():,} topics, "
        f"{Comment.objects.count():,} comments. The client used up to {busy:.0%} of a core on the same machine."
    )


def _processor():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), platform.machine())
