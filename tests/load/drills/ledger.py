"""Writers that post, reply, vote and read through HTTP, and the ledger in which each of their attempts stands.

Acknowledged means stored, and each token has at most one effect: `audit` compares the ledger with the database.
"""

import http.client
import itertools
import json
import queue
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from tests import processes
from tests.config.processes.site import TOKEN

WRITERS, READERS = 6, 2
PAUSE = 0.2
"""Seconds between two requests of a writer or reader."""
PATIENCE = 30
"""Seconds for which a writer waits for an answer, as nginx does."""
CALM, AFTER = 30, 30
"""Writes that must be acknowledged before the fault, and after its end."""
NO_ANSWER = 0
STORED = {200, 303}
"""The only answers that acknowledge a write."""
FOUND = """
import json, sys, time
from collections import Counter
from forums.models import Comment, Notification, OutboxEvent
from polls.models import Ballot
until = time.monotonic() + 120
while OutboxEvent.objects.waiting().exists() and time.monotonic() < until:
    time.sleep(0.2)
bodies = Counter(Comment.objects.values_list("body", flat=True))
votes = {str(each.member_id): [str(each.token), each.marks] for each in Ballot.objects.all()}
replies = Comment.objects.filter(parent__isnull=False, parent__author__username="Ada")
of_ada = Notification.objects.filter(member__username="Ada", comment__in=replies)
noted = Counter(of_ada.values_list("comment", flat=True))
print(json.dumps({
    "bodies": bodies, "votes": votes, "waiting": OutboxEvent.objects.waiting().count(),
    "replies": replies.count(), "noted": len(noted), "noted twice": sum(number > 1 for number in noted.values()),
}))
"""


class Attempt(NamedTuple):
    """One request. `token` is empty for reads; the same one comes again until its write is acknowledged."""

    kind: str
    token: str
    member: int
    status: int
    began: float
    seconds: float

    @property
    def is_served(self) -> bool:
        return self.status in STORED


@dataclass(frozen=True)
class Town:
    """The members of the site and where they write."""

    topic: int
    page: str
    """The path of the topic."""
    quiet_page: str
    """The path of a topic in which nobody writes."""
    opening: int
    poll: int
    options: list[int]
    category: int
    members: list[tuple[int, str]]
    """Id and session of each."""


class Ledger:
    """All attempts, and the ballots that each member may have: the last acknowledged one or one without an answer."""

    def __init__(self, port: int, town: Town) -> None:
        self.port, self.town = port, town
        self.attempts: list[Attempt] = []
        self.possible_votes: dict[int, list[str]] = {}
        self._free: queue.Queue = queue.Queue()
        for member in town.members:
            self._free.put(member)
        self._numbers = itertools.count()
        self._over = threading.Event()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write and read until the block ends. Requests on their way are answered first."""
        work = [self._write] * WRITERS + [self._read] * READERS
        threads = [threading.Thread(target=self._repeat, args=[each], daemon=True) for each in work]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join(2 * PATIENCE)

    def wait_for_writes(self, number: int) -> None:
        """Wait until so many further writes are acknowledged."""
        before = self.acknowledged()
        assert processes.wait_until(lambda: self.acknowledged() >= before + number), "The site does not save."

    def acknowledged(self) -> int:
        return sum(each.is_served for each in self.attempts if each.token)

    def _repeat(self, act):
        while not self._over.wait(PAUSE):
            act()

    def _read(self):
        number = next(self._numbers)
        member, session = self.town.members[number % len(self.town.members)]
        kind, path, member, session = [
            ("visitor reads", self.town.page, 0, ""),
            ("visitor reads quiet topic", self.town.quiet_page, 0, ""),
            ("member reads", self.town.page, member, session),
        ][number % 3]
        self.read(kind, path, member, session)

    def _write(self):
        number = next(self._numbers)
        kind = "topic" if number % 20 == 0 else "vote" if number % 2 else "reply"
        with self.member() as (member, session):
            self.write(kind, member, session)

    @contextmanager
    def member(self) -> Iterator[tuple[int, str]]:
        """The member, with id and session, who has waited longest. Nobody else writes as this member meanwhile."""
        member = self._free.get()
        try:
            yield member
        finally:
            self._free.put(member)

    def write(self, kind: str, member: int, session: str) -> None:
        """Write one text or ballot: the same form until it is acknowledged, as an impatient member does."""
        token = str(uuid.uuid4())
        path, form = self._form(kind, member, token)
        is_vote = kind == "vote"
        if is_vote:
            self.possible_votes.setdefault(member, []).append(token)
        while not self._send(kind, path, member=member, session=session, token=token, form=form):
            if self._over.wait(3 * PAUSE):
                break
        else:
            if is_vote:
                self.possible_votes[member] = [token]

    def _form(self, kind, member, token):
        """The path and the fields of a form."""
        town, body = self.town, f"Written {token}"
        if kind == "topic":
            return "/new/", {"category": town.category, "title": f"Topic {token[:8]}", "body": body}
        if kind == "vote":
            before = self.possible_votes.get(member, [])
            over = {"over": before[-1]} if before else {}
            return f"/poll/{town.poll}/vote/", {"option": random.choice(town.options)} | over
        return f"/t/{town.topic}/reply/", {"body": body, "parent": town.opening}

    def read(self, kind: str, path: str, member: int = 0, session: str = "") -> None:
        self._send(kind, path, member=member, session=session)

    def _send(self, kind, path, *, member, session, token="", form=None):
        """Send one request and write it down. Returns whether it was served."""
        headers = {"Host": "localhost", "X-Forwarded-For": f"192.0.{member // 250 % 250}.{member % 250}"}
        headers["Cookie"] = f"csrftoken={TOKEN}" + (f"; sessionid={session}" if session else "")
        body = None
        if form is not None:
            body = urlencode({"csrfmiddlewaretoken": TOKEN, "token": token} | form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("POST" if body else "GET", path, body, headers)
            answer = connection.getresponse()
            answer.read()
            status = answer.status
        except (OSError, http.client.HTTPException):
            status = NO_ANSWER
        finally:
            connection.close()
        attempt = Attempt(kind, token, member, status, began, time.monotonic() - began)
        self.attempts.append(attempt)
        return attempt.is_served


class Figures(NamedTuple):
    """What members saw from `began` on."""

    acknowledged: int
    failed: dict[str, Counter]
    """Statuses that were not served, by kind of request."""
    trouble: float
    """Seconds from the beginning of the fault to the end of the last request that was not served."""
    slowest: float
    slowest_read: float


def figures(ledger: Ledger, began: float) -> Figures:
    attempts = [each for each in ledger.attempts if each.began + each.seconds >= began]
    failed: dict[str, Counter] = {}
    for each in attempts:
        if not each.is_served:
            failed.setdefault(each.kind, Counter())[each.status] += 1
    ends = [each.began + each.seconds for each in attempts if not each.is_served]
    return Figures(
        sum(each.is_served for each in attempts if each.token),
        failed,
        max((end - began for end in ends), default=0),
        max((each.seconds for each in attempts if each.token), default=0),
        max((each.seconds for each in attempts if not each.token), default=0),
    )


def audit(ledger: Ledger, run) -> str:
    """Compare the ledger with the database. Raises AssertionError. `run(script)` runs a script in the site's shell."""
    found = json.loads(run(FOUND))
    acknowledged = {
        each.token for each in ledger.attempts if each.is_served and each.kind in ("topic", "reply")
    }
    tried = {each.token for each in ledger.attempts if each.kind in ("topic", "reply")}
    stored = {
        body.removeprefix("Written "): times for body, times in found["bodies"].items() if "Written" in body
    }
    assert not acknowledged - stored.keys(), "Acknowledged texts are missing."
    assert not stored.keys() - tried, "There are texts that nobody has sent."
    assert set(stored.values()) <= {1}, "A token was stored twice."
    for member, possible in ledger.possible_votes.items():
        token, _ = found["votes"].get(str(member), ["none", None])
        assert token in possible or (
            token == "none" and len(possible) == 1 and _is_open(ledger, possible[0])
        ), f"Member {member} has the ballot {token} and not one of {possible}."
    assert found["waiting"] == 0, "The outbox is not empty."
    assert (found["noted"], found["noted twice"]) == (found["replies"], 0), "A reply was not notified once."
    counted = run("from forums.tree import recount; print(recount.summary(recount.mend_all()))")
    assert "every counter was right" in counted, counted
    return f"{len(acknowledged)} texts and the ballots of {len(found['votes'])} members"


def _is_open(ledger, token):
    return not any(each.is_served for each in ledger.attempts if each.token == token)
