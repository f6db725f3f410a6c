"""One run from start to end: fill the forum, start the site, measure, print the tables."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from config.engines import readiness
from config.web import static_storage
from tests.load.data import fill, members
from tests.load.data.corpus import SIZES, Corpus
from tests.load.measurements import page_weight, queries, report, rounds
from tests.load.scenarios import (
    admin,
    beside,
    first_minute,
    live,
    pages,
    polls,
    raid,
    search,
    statements,
    torture,
)  # fmt: skip
from tests.load.site import processes, serve

ROUNDS_OF_REPLIES = 10
"""The live scenario measures for as long as this many rounds."""
TORTURE_ROUNDS = 30
"""The torture test lasts for as long as this many rounds, with the usual length a minute."""
SESSIONS = "sessions.txt"
"""The file in the data directory from which the Locust files read the members' sessions."""


@dataclass(frozen=True)
class Wanted:
    """The options of `python -m tests.load`. `command` is the line that was typed."""

    command: str
    part: str | None
    """The only part to run; None for pages and posting."""
    size: str
    """The name of the corpus: ordinary, large or huge."""
    connections: int
    seconds: float
    rounds: int
    workers: int
    port: int
    nginx: bool
    sockets: int
    accounts: int
    beside: Path | None
    """The file with pages of other forums."""


def run(wanted: Wanted) -> None:
    """Fill the forum, measure the wanted part and print the tables. Raises OperatorError."""
    corpus = SIZES[wanted.size]
    sessions = prepare(corpus)
    if wanted.part == "hold":
        hold(wanted)
    elif wanted.part != "fill":
        measure = _MEASURE.get(wanted.part, measure_pages)
        print("\n" + measure(wanted, corpus, sessions), flush=True)


def prepare(corpus: Corpus) -> list[str]:
    """Start the engines, fill the forum and sign its members in. Returns the keys of their sessions."""
    readiness.ready(also_redis=True)
    call_command("migrate", verbosity=0, interactive=False)
    static_storage.collect()
    if made := fill.fill(corpus):
        fill.vacuum()
    search.write_index()
    comments = corpus.comments * corpus.copies
    print(f"{'Made' if made else 'Found'} {comments:,} comments in {settings.DATA_DIR}.", flush=True)
    sessions = members.sessions(corpus.members)
    file = settings.DATA_DIR / SESSIONS
    file.touch(mode=0o600)
    file.write_text("\n".join(sessions))
    return sessions


def start_site(wanted: Wanted):
    """The context in which the site runs with the wanted options."""
    connection.close()  # otherwise its Postgres process would count as the site's
    return serve.running(wanted.port, wanted.workers, wanted.nginx)


def hold(wanted: Wanted) -> None:
    """Start the site and leave it running until Ctrl-C, for Locust and other clients."""
    with start_site(wanted) as site:
        print(f"The site is at http://127.0.0.1:{site.port} until Ctrl-C.", flush=True)
        signal.pause()


def measure_pages(wanted: Wanted, corpus: Corpus, sessions: list[str]) -> str:
    """The tables of pages, posting and memory, or one of the first two."""
    reading = [] if wanted.part == "posting" else pages.reading(corpus, sessions, wanted.connections)
    posting = [] if wanted.part == "pages" else pages.posting(sessions)
    costs = [queries.measure(page) for page in reading]
    others = beside.read(wanted.beside, wanted.connections) if wanted.beside else []
    bare = pages.bare(sessions, wanted.connections)
    with start_site(wanted) as site:
        weights = [page_weight.measure(page, site.port) for page in reading[-1:]]
        bare_figures, *figures = rounds.measure(
            [bare, *others, *reading, *posting], site, wanted.rounds, wanted.seconds
        )
        other_figures, figures = figures[: len(others)], figures[len(others) :]
        connection.close()
        megabytes = processes.memory(site.processes)
    tables = [report.pages(reading, figures[: len(reading)], costs, bare_figures)] if reading else []
    tables += [report.posting(posting, figures[len(reading) :], bare_figures)] if posting else []
    tables += [report.others(others, other_figures)] if others else []
    tables += [report.memory(megabytes), *map(report.weight, weights)]
    tables += [report.bare(bare_figures), report.facts(wanted.command, max(each.busy for each in figures))]
    return "\n\n".join(tables)


def measure_overhead(wanted: Wanted, corpus: Corpus, sessions: list[str]) -> str:
    """The table of requests whose views do nothing."""
    empty = pages.overhead(sessions, wanted.connections)
    costs = [queries.measure(page) for page in empty]
    with start_site(wanted) as site:
        scenarios = [pages.bare(sessions, wanted.connections), *empty]
        bare_figures, *figures = rounds.measure(scenarios, site, wanted.rounds, wanted.seconds)
    return "\n\n".join([report.pages(empty, figures, costs, bare_figures), report.bare(bare_figures)])


def measure_polls(wanted: Wanted, corpus: Corpus, sessions: list[str]) -> str:
    """The table of a hot poll. It needs members of its own, because each votes once."""
    sessions = members.crowd(polls.VOTERS)
    with start_site(wanted) as site:
        return polls.table([polls.vote(site, secret, sessions) for secret in (False, True)])


def measure_live(wanted: Wanted, corpus: Corpus, sessions: list[str]) -> str:
    """The tables of one topic with many readers, and of pages that are read at the same time."""
    crowd = members.crowd(wanted.sockets)
    reading = live.pages(pages.reading(corpus, sessions, live.CONNECTIONS))
    duration = ROUNDS_OF_REPLIES * wanted.seconds
    with start_site(wanted) as site:
        tables = [live.crowd(site, wanted.sockets, duration, crowd)]
        tables.append(live.beside(site, reading, wanted.seconds, 5 * duration, crowd))
    return "\n\n".join(tables)


def measure_raid(wanted: Wanted, corpus: Corpus, sessions: list[str]) -> str:
    """The tables of a raid, and of members' pages that are read at the same time."""
    crowd = raid.Raid(wanted.accounts, sessions[len(sessions) // 2 :])
    reading = raid.pages(pages.reading(corpus, sessions, raid.READERS))
    with start_site(wanted) as site:
        return "\n\n".join(raid.measure(site, crowd, reading, wanted.seconds))


def measure_first_minute(wanted: Wanted, corpus: Corpus, sessions: list[str]) -> str:
    """The table of the first minute after a loss of Redis. No clock runs, because its task would warm the cache."""
    os.environ["CLOCK"] = "0"
    sent = first_minute.requests(sessions)
    with start_site(wanted) as site:
        return first_minute.table([first_minute.measure(site, sent, warms) for warms in (False, True) * 2])


def measure_torture(wanted: Wanted, corpus: Corpus, sessions: list[str]) -> str:
    """The table of pages that were compared with plain ones while their topics changed."""
    with start_site(wanted) as site:
        return torture.run(site, TORTURE_ROUNDS * wanted.seconds)


def measure_admin(wanted: Wanted, corpus: Corpus, sessions: list[str]) -> str:
    """The table of the admin's lists."""
    sessions = admin.prepare()
    with start_site(wanted) as site:
        return admin.measure(site, sessions)


def measure_search(wanted: Wanted, corpus: Corpus, sessions: list[str]) -> str:
    """The table of searches."""
    search.prepare()
    queries = search.kinds()
    with start_site(wanted) as site:
        return search.measure(site, wanted.seconds, queries)


def measure_statements(wanted: Wanted, corpus: Corpus, sessions: list[str]) -> str:
    """The table of the slowest statement of each view, which run in this process."""
    return statements.measure()


_MEASURE = {
    "overhead": measure_overhead,
    "polls": measure_polls,
    "live": measure_live,
    "raid": measure_raid,
    "first-minute": measure_first_minute,
    "torture": measure_torture,
    "admin": measure_admin,
    "search": measure_search,
    "statements": measure_statements,
}
