"""`python -m config.bench OPTIONS`: run by `manage.py bench`, in a data directory of the benchmark's own."""

import json
import os
import sys
from argparse import Namespace
from contextlib import ExitStack

import django

from config.trouble import Trouble


def main(wanted: Namespace) -> None:
    """Fill, measure, print. Raises Trouble."""
    from django.core.management import call_command
    from django.db import connection

    from config import engines, statics
    from config.bench import corpus, fill, people

    engines.ready(also_redis=True)
    call_command("migrate", verbosity=0, interactive=False)
    statics.collect()
    amount = corpus.LARGE if wanted.large else corpus.ORDINARY
    made = fill.fill(amount)
    say(f"{'Made' if made else 'Found'} {amount.comments:,} comments in {os.environ['FOLKMOOT_DATA']}.")
    keys = people.sessions(amount.members)
    with ExitStack() as stack:
        measure(wanted, amount, keys, stack)
    connection.close()


def measure(wanted, amount, keys, stack):
    from django.db import connection

    from config.bench import inside, processes, report, rounds, scenarios, site, weight

    pages = scenarios.reading(amount, keys, wanted.connections) if wanted.pages else []
    posts = scenarios.posting(keys) if wanted.posting else []
    if not pages and not posts:
        return
    insides = [inside.look(page) for page in pages]
    connection.close()  # so that its process in Postgres is not counted
    running = stack.enter_context(site.running(wanted.port, wanted.workers, wanted.nginx))
    weights = weight.weigh(pages[-1], running.port) if pages else None
    figures = rounds.measure([*pages, *posts], running, wanted.rounds, wanted.seconds)
    connection.close()
    families = processes.memory(running.processes)
    parts = []
    if pages:
        parts.append(report.pages(pages, figures[: len(pages)], insides))
    if posts:
        parts.append(report.posting(posts, figures[len(pages) :]))
    parts.append(report.memory(families))
    if pages:
        parts.append(report.weight(weights))
    parts.append(report.facts(wanted.command, max(each.busy for each in figures)))
    say("\n" + "\n\n".join(parts))


def say(sentence):
    print(sentence, flush=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        django.setup()
        main(Namespace(**json.loads(sys.argv[1])))
    except Trouble as trouble:
        sys.exit(str(trouble))
