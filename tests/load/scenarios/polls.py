"""A crowd votes in one poll while others watch its results live."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from django.db import connection

from config.management.operator_error import OperatorError
from forums.live import streams
from forums.models import Topic
from polls.counting import ballot_count, tally_cache
from polls.models import Poll
from polls.tally.count import BALLOTS
from tests.load.client import requests
from tests.load.client.closed_loop import TOKEN
from tests.load.client.scenario import Scenario
from tests.load.data.corpus import HOT
from tests.load.measurements import report, rounds
from tests.load.site.serve import Site
from tests.load.sockets import audience

VOTERS = 40_000
"""More than can vote in a round, because each member votes once."""
WATCHERS = 1_000
AT_ONCE = 16
"""Connections that send ballots."""
SECONDS = 20
EVERY = 0.25
"""Seconds between two readings of the tally, with which the watchers' results are compared."""


def vote(site: Site, secret: bool, keys: list[str]) -> list[str]:
    """Measure one round in a new poll. Returns the row of the table.

    Raises OperatorError unless the ballots that were accepted, the ballots stored and the tally shown are the same.
    """
    topic = Topic.objects.get(pk=HOT)
    poll = Poll.open(
        author=topic.author, topic=topic, wordings=["Oak", "Ash", "Elm", "Yew"], token=uuid4(), method="one",
        secret=secret, question="Which tree?", results_show="always",
    )  # fmt: skip
    voting = _scenario(poll, secret, keys)
    with _watched(site, poll) as received:
        found = rounds.measure_round(voting, site, SECONDS)
    counted, _ = ballot_count.count(poll)
    if counted[BALLOTS] != found["count"] or +tally_cache.read(poll) != +counted:
        raise OperatorError(
            f"{found['count']} ballots were accepted, but {counted[BALLOTS]} are stored: a bug in polls."
        )
    connection.close()
    figures = [f"{found['rate']:,.0f}", f"{found['rate'] * 60:,.0f}"]
    figures += [f"{found[name] * 1000:.1f}" for name in ("p50", "p99", "cost")]
    return [voting.name, *figures, f"{received[0].p50:.2f}", f"{received[0].p99:.2f}"]


def table(rows: list[list[str]]) -> str:
    head = [
        f"{AT_ONCE} clients, {WATCHERS:,} watchers", "ballots/s", "a minute", "p50 ms", "p99 ms", "CPU ms",
        "results p50 s", "p99 s",
    ]  # fmt: skip
    return report.table(head, rows)


def _scenario(poll, secret, keys):
    options = [option.pk for option in poll.options.all()]
    token = TOKEN.decode()
    sent = [
        requests.post(f"/poll/{poll.pk}/vote/", key, {"token": token, "option": options[n % len(options)]})
        for n, key in enumerate(keys)
    ]
    # The response to a secret ballot is a receipt, here in the form that scripts request, without the page around it.
    accepted = "application/json" if secret else "text/html"
    sent = [request.replace("Accept: text/x-row", f"Accept: {accepted}") for request in sent]
    name = "secret ballots, by script" if secret else "public ballots, by form"
    return Scenario(name, "member", sent, [], "", AT_ONCE, status=200 if secret else 303)


@contextmanager
def _watched(site, poll) -> Iterator[list[audience.Received]]:
    """Watch the poll until the block ends. The list then holds what the watchers received."""
    readings, over, received = [], threading.Event(), []

    def read_tally():
        while not over.wait(EVERY):
            moment, number = time.monotonic(), tally_cache.read(poll)[BALLOTS]
            if number:
                readings.append((moment, number))

    stream = streams.topic(poll.topic_id)
    with audience.watching(site, stream, WATCHERS, growing="turnout") as watchers:
        thread = threading.Thread(target=read_tally)
        thread.start()
        try:
            yield received
        finally:
            over.set()
            thread.join()
        time.sleep(2)  # the last updates are still on their way
        received.append(watchers.report(readings))
