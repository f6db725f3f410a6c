"""One benchmark from beginning to end."""

import signal
from dataclasses import dataclass

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from config import engines, statics
from tests.load.data import fill
from tests.load.data import members as people
from tests.load.data.corpus import LARGE, ORDINARY, Corpus
from tests.load.measurements import page_weight as weight
from tests.load.measurements import queries as inside
from tests.load.measurements import report, rounds
from tests.load.scenarios import admin, live, raid
from tests.load.scenarios import pages as scenarios
from tests.load.scenarios import polls as voting
from tests.load.site import processes
from tests.load.site import serve as site

TALK = 10
"""Rounds that the readers' talk is long."""
SESSIONS = "sessions.txt"
"""The file in the data directory from which tests/load takes its members."""


@dataclass(frozen=True)
class Wanted:
    """The options of `manage.py bench`; `command` is the line that was typed."""

    command: str
    part: str | None
    """What alone to do; None for all that is measured."""
    large: bool
    connections: int
    seconds: float
    rounds: int
    workers: int
    port: int
    nginx: bool
    sockets: int
    accounts: int


def run(wanted: Wanted) -> None:
    """Fill, measure, print. Raises Trouble."""
    corpus = LARGE if wanted.large else ORDINARY
    keys = prepare(corpus)
    if wanted.part == "hold":
        hold(wanted)
    elif wanted.part != "fill":
        if wanted.part in _OF_THEIR_OWN:
            print("\n" + _OF_THEIR_OWN[wanted.part](wanted, corpus, keys), flush=True)
            return
        pages = [] if wanted.part == "posting" else scenarios.reading(corpus, keys, wanted.connections)
        posts = [] if wanted.part == "pages" else scenarios.posting(keys)
        print("\n" + "\n\n".join(measure(wanted, pages, posts)), flush=True)


def measure_polls(wanted: Wanted, corpus: Corpus, keys: list[str]) -> str:
    """The report about voting. It needs other members than the rest, who vote once each."""
    keys = people.crowd(voting.VOTERS)
    connection.close()
    with site.running(wanted.port, wanted.workers, wanted.nginx) as running:
        rows = [voting.vote(running, secret, keys) for secret in (False, True)]
    return voting.table(rows)


def measure_live(wanted: Wanted, corpus: Corpus, keys: list[str]) -> str:
    """The report about readers who watch, and about pages beside them."""
    crowd = people.crowd(wanted.sockets)
    asked = live.pages(scenarios.reading(corpus, keys, live.CONNECTIONS))
    connection.close()
    with site.running(wanted.port, wanted.workers, wanted.nginx) as running:
        lasting = TALK * wanted.seconds
        tables = [live.crowd(running, wanted.sockets, lasting, crowd)]
        tables.append(live.beside(running, asked, wanted.seconds, 5 * lasting, crowd))
    return "\n\n".join(tables)


def measure_raid(wanted: Wanted, corpus: Corpus, keys: list[str]) -> str:
    """The report about a raid, and about members' pages beside it."""
    crowd = raid.Raid(wanted.accounts, keys[len(keys) // 2 :])
    asked = raid.pages(scenarios.reading(corpus, keys, raid.READERS))
    connection.close()
    with site.running(wanted.port, wanted.workers, wanted.nginx) as running:
        return "\n\n".join(raid.measure(running, crowd, asked, wanted.seconds))


def measure_admin(wanted: Wanted, corpus: Corpus, keys: list[str]) -> str:
    """The report about the admin's lists."""
    keys = admin.prepare()
    connection.close()
    with site.running(wanted.port, wanted.workers, wanted.nginx) as running:
        return admin.measure(running, keys)


_OF_THEIR_OWN = {"polls": measure_polls, "live": measure_live, "raid": measure_raid, "admin": measure_admin}


def hold(wanted: Wanted) -> None:
    """Leave the site to others, such as Locust, until Ctrl-C."""
    connection.close()
    with site.running(wanted.port, wanted.workers, wanted.nginx) as running:
        print(f"The site is at http://127.0.0.1:{running.port} until Ctrl-C.", flush=True)
        signal.pause()


def prepare(corpus: Corpus) -> list[str]:
    """Have the forum ready and its members signed in; the keys of their sessions."""
    engines.ready(also_redis=True)
    call_command("migrate", verbosity=0, interactive=False)
    statics.collect()
    if made := fill.fill(corpus):
        fill.settle()
    print(f"{'Made' if made else 'Found'} {corpus.comments:,} comments in {settings.DATA_DIR}.", flush=True)
    keys = people.sessions(corpus.members)
    note = settings.DATA_DIR / SESSIONS
    note.touch(mode=0o600)
    note.write_text("\n".join(keys))
    return keys


def measure(wanted: Wanted, pages: list, posts: list) -> list[str]:
    """The parts of the report, as Markdown."""
    insides = [inside.look(page) for page in pages]
    connection.close()  # or its process in Postgres would count as the site's
    with site.running(wanted.port, wanted.workers, wanted.nginx) as running:
        weights = [weight.weigh(page, running.port) for page in pages[-1:]]
        figures = rounds.measure([*pages, *posts], running, wanted.rounds, wanted.seconds)
        connection.close()
        families = processes.memory(running.processes)
    parts = [report.pages(pages, figures[: len(pages)], insides)] if pages else []
    parts += [report.posting(posts, figures[len(pages) :])] if posts else []
    parts += [report.memory(families), *map(report.weight, weights)]
    return [*parts, report.facts(wanted.command, max(each.busy for each in figures))]
