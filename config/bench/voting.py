"""A crowd votes in one hot poll while others watch its results live."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.cached_db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from accounts.models import User
from config.bench import client, report, rounds, scenarios
from config.bench.scenarios import Scenario
from config.bench.site import Site
from config.trouble import Trouble
from forums.models import Topic
from polls import board, counting
from polls.models import Poll
from polls.tally.count import BALLOTS

VOTERS = 40_000
"""More than can vote in a round: each votes once."""
WATCHERS = 1_000
AT_ONCE = 16
"""Connections on which ballots come."""
SECONDS = 20
EVERY = 0.25
"""Seconds between two looks at how old the watchers' results are."""
NAME = "Voter"


def voters() -> list[str]:
    """Members who can vote, and the keys of their sessions; made at the first time."""
    have = User.objects.filter(username__startswith=NAME).count()
    nobody = make_password(None)
    missing = [
        User(username=f"{NAME}{n}", email=f"{NAME.lower()}{n}@bench.invalid", password=nobody)
        for n in range(have, VOTERS)
    ]
    User.objects.bulk_create(missing, batch_size=1_000)
    store, until, keys, rows, cached = SessionStore(), timezone.now() + timedelta(days=7), [], [], {}
    for member in User.objects.filter(username__startswith=NAME).order_by("pk")[:VOTERS]:
        session = {
            SESSION_KEY: str(member.pk),
            BACKEND_SESSION_KEY: "accounts.backends.MemberBackend",
            HASH_SESSION_KEY: member.get_session_auth_hash(),
        }
        keys.append(uuid4().hex)
        rows.append(Session(session_key=keys[-1], session_data=store.encode(session), expire_date=until))
        cached[store.cache_key_prefix + keys[-1]] = session
    Session.objects.bulk_create(rows, batch_size=1_000)
    cache.set_many(cached, 7 * 86_400)
    return keys


def vote(site: Site, secret: bool, keys: list[str]) -> list[str]:
    """One round in a poll of its own; the row of the report. Raises Trouble if what is shown is not what was
    counted."""
    topic = Topic.objects.get(pk=scenarios.HOT)
    poll = Poll.open(
        author=topic.author, topic=topic, wordings=["Oak", "Ash", "Elm", "Yew"], token=uuid4(), method="one",
        secret=secret, question="Which tree?", results_show="always",
    )  # fmt: skip
    asked = _scenario(poll, secret, keys)
    with _watched(site, poll) as watching:
        found = rounds.ask(asked, site, SECONDS)
    counted, _ = counting.count(poll)
    if counted[BALLOTS] != found["count"] or +board.read(poll) != +counted:
        raise Trouble(
            f"{found['count']} were told “counted”, {counted[BALLOTS]} are stored: a fault in polls."
        )
    connection.close()
    figures = [f"{found['rate']:,.0f}", f"{found['rate'] * 60:,.0f}"]
    figures += [f"{found[name] * 1000:.1f}" for name in ("p50", "p99", "cost")]
    return [asked.name, *figures, *(f"{watching[name]:.2f}" for name in ("p50", "p99"))]


def table(rows: list[list[str]]) -> str:
    head = [
        f"{AT_ONCE} clients, {WATCHERS:,} watchers", "ballots/s", "a minute", "p50 ms", "p99 ms", "CPU ms",
        "results p50 s", "p99 s",
    ]  # fmt: skip
    return report.table(head, rows)


def _scenario(poll, secret, keys):
    options = [option.pk for option in poll.options.all()]
    token = client.TOKEN.decode()
    requests = [
        scenarios.post(f"/poll/{poll.pk}/vote/", key, {"token": token, "option": options[n % len(options)]})
        for n, key in enumerate(keys)
    ]
    # A secret ballot is answered with a receipt: here as browsers with scripts get it, without the page around.
    accepted = "application/json" if secret else "text/html"
    sent = [request.replace("Accept: text/x-row", f"Accept: {accepted}") for request in requests]
    name = "secret ballots, by script" if secret else "public ballots, by form"
    return Scenario(name, "member", sent, [], "", AT_ONCE, status=200 if secret else 303)


@contextmanager
def _watched(site, poll) -> Iterator[dict]:
    """The watchers' figures are in the dict afterwards: seconds until a counted ballot was seen by one."""
    plan = {
        "port": site.port if site.is_behind_nginx else site.port + 1,
        "topic": poll.topic_id,
        "count": WATCHERS,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "config.bench.watchers"],
        cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    process.stdin.write(json.dumps(plan) + "\n")
    process.stdin.flush()
    if process.stdout.readline() != "ready\n":
        raise Trouble("The watchers did not get their sockets.")
    looks, over, figures = [], threading.Event(), {}

    def look():
        while not over.wait(EVERY):
            number = board.read(poll)[BALLOTS]
            looks.append((time.monotonic(), number))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield figures
    finally:
        over.set()
        thread.join()
        time.sleep(2)  # what is on its way may arrive
        answer, _ = process.communicate(json.dumps(looks) + "\n")
        figures.update(json.loads(answer))
