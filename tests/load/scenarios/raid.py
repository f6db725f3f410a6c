"""A raid: many new accounts write in all topics and are reported, while members read and a moderator opens the queue.

In the end the moderator removes all of it with one button.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import cycle
from random import Random
from statistics import fmean
from uuid import uuid4

from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.utils import timezone

from accounts.models import Trust, User
from config.management.operator_error import OperatorError
from forums.models import BackgroundAct, Comment
from forums.tree import recount
from tests.load.client import requests
from tests.load.client.closed_loop import TOKEN
from tests.load.client.constant_rate import Senders, send_once
from tests.load.client.scenario import Scenario
from tests.load.data import members
from tests.load.data.corpus import MIDDLING
from tests.load.data.prose import Writer
from tests.load.measurements import report, rounds
from tests.load.scenarios import live
from tests.load.site.serve import Site

ACCOUNTS = 500
POSTS = 10
"""Comments per account."""
MINUTE = 60
"""Seconds of raid for each second of a round: two minutes by default."""
REPORTS = 200
"""Reports per minute."""
AT_ONCE = 24
"""Connections on which the raiders post."""
EVERY = 2
"""Seconds between two requests for the queue."""
READERS = 1
"""Connections that read pages. Two would sometimes wait for each other, because the kernel may choose the same worker
for both."""
PAUSE = 0.04
"""Seconds between a page and the next request. This gives about twenty pages per second, as many as three hundred
members request who read each page for fifteen seconds. Without the pause the requests alone would use a whole core, and
the code of one page would stay in the processor's caches. No quiet forum is like that."""
MOST_SECONDS = 900
"""Seconds after which the removal counts as failed."""
QUEUE = 'class="queue"'


class Raid:
    """The participants: accounts that have just joined, a moderator, and members who report."""

    def __init__(self, accounts: int, reporters: list[str]):
        User.objects.update(date_joined=datetime(2020, 1, 1, tzinfo=UTC))
        self.name = f"Raid{uuid4().hex[:5]}"
        self.raiders = members.crowd(accounts, self.name)
        self.moderator = members.sign_in([_moderator()])[0]
        self.reporters = cycle(reporters)
        self.rule = members.report_rule()

    @property
    def comments(self):
        return Comment.objects.filter(author__username__startswith=self.name)

    def posts(self) -> list[bytes]:
        """The replies of all accounts in turn, spread over the topics that members read."""
        writer, token = Writer(Random(1)), TOKEN.decode()
        openings = (
            Comment.objects.filter(topic__in=range(2, MIDDLING + 2), seq=1)
            .order_by("topic")
            .values_list("topic", "pk")
        )
        places = cycle(openings)
        return [
            requests.post(
                f"/t/{topic}/reply/", key, {"parent": parent, "body": writer.body(), "token": token}
            ).encode()
            for _ in range(POSTS)
            for key, (topic, parent) in zip(self.raiders, places, strict=False)
        ]

    def reports(self) -> Iterator[bytes]:
        """An endless series of reports: a member reports one of the raiders' newest comments."""
        random = Random(1)
        for key in self.reporters:
            newest = list(self.comments.order_by("-pk").values_list("pk", flat=True)[:100])
            if newest:
                sent = {"rule": self.rule.pk, "words": "Spam."}
                yield requests.post(f"/comments/{random.choice(newest)}/report/", key, sent).encode()


def measure(site: Site, raid: Raid, reading: list[Scenario], seconds: float) -> list[str]:
    """The tables. Raises OperatorError if the button did not remove everything, or if a counter is wrong afterwards."""
    duration = MINUTE * seconds

    def latencies(duration):
        return rounds.latencies(reading, site, seconds, duration, PAUSE)

    before = latencies(duration / 2)
    with _attack(site, raid, duration) as course:
        busy = latencies(duration)
    # Measured before and after the raid, because other load on the machine changes within minutes.
    quiet = [
        tuple(map(fmean, zip(*both, strict=True)))
        for both in zip(before, latencies(duration / 2), strict=True)
    ]
    removed_in = _remove(site, raid)
    return [
        report.beside(reading, "in the raid", quiet, busy),
        _course_table(raid, course, removed_in, duration),
    ]


@contextmanager
def _attack(site, raid, duration) -> Iterator[dict]:
    """Run the raid until the block ends and all is posted. The dict then holds its statuses and the queue's times."""
    course, over, queue_times = {}, threading.Event(), []
    posts = raid.posts()
    posting = Senders(site.port, posts, rate=len(posts) / duration, at_once=AT_ONCE)
    reporting = Senders(site.port, raid.reports(), rate=REPORTS / 60, at_once=2)

    def open_queue():
        request = requests.get("/moderation/", requests.cookie(raid.moderator)).encode()
        while not over.wait(EVERY):
            status, took, body = send_once(site.port, request)
            if status != 200 or QUEUE not in body:
                raise OperatorError(f"The queue responds with {status}.")
            queue_times.append(took)
        connection.close()

    moderating = threading.Thread(target=open_queue)
    for each in (posting, reporting, moderating):
        each.start()
    try:
        yield course
    finally:
        posting.join()
        over.set()
        reporting.stop()
        moderating.join()
        course |= {"posted": posting.statuses, "reported": reporting.statuses, "queue": sorted(queue_times)}


def _remove(site, raid) -> float:
    """Press the button. Returns the seconds until the site's task has removed everything. Raises OperatorError."""
    found = {"minutes": 60, "days": 1, "until": timezone.now().isoformat()}
    sent = found | {"rule": raid.rule.pk, "others": "yes"}  # all that were found, because none is ticked
    request = requests.post("/moderation/raid/remove/", raid.moderator, sent).encode()
    begun = time.monotonic()
    status, _, _ = send_once(site.port, request)
    while BackgroundAct.objects.pending().exists() and time.monotonic() - begun < MOST_SECONDS:
        time.sleep(0.1)
    took = time.monotonic() - begun
    left = raid.comments.filter(hidden_at=None).count()
    if status != 303 or left:
        raise OperatorError(
            f"The button responded with {status}; {left:,} comments of the raid are still visible."
        )
    if wrong := recount.differences():
        raise OperatorError(f"{len(wrong)} counters are wrong after the raid. The first: {wrong[0]}")
    return took


def _moderator() -> User:
    group, _ = Group.objects.get_or_create(name="Moderators")
    group.permissions.add(Permission.objects.get(content_type__app_label="forums", codename="moderate"))
    found, _ = User.objects.get_or_create(
        username="BenchMod", email=f"benchmod{members.DOMAIN}", trust=Trust.REGULAR
    )
    found.groups.add(group)
    return found


def pages(reading: list[Scenario]) -> list[Scenario]:
    """The scenarios of the pages that members read during the raid."""
    return [each for each in live.pages(reading) if each.viewer == "member"]


def _course_table(raid, course, removed_in, duration):
    posted, reported, queue = course["posted"], course["reported"], course["queue"]
    head = [
        "raid", "seconds", "comments", "refused", "reports", "refused", "queue p50 ms", "longest ms", "removed in s",
        "counters wrong",
    ]  # fmt: skip
    row = [
        f"{len(raid.raiders)} accounts", f"{duration:.0f}", f"{posted[201]:,}", f"{_others(posted, 201):,}",
        f"{reported[303]:,}", f"{_others(reported, 303):,}", f"{queue[len(queue) // 2] * 1000:.0f}",
        f"{queue[-1] * 1000:.0f}", f"{removed_in:.1f}", "0",
    ]  # fmt: skip
    return report.table(head, [row])


def _others(statuses: Counter, wanted: int) -> int:
    return sum(statuses.values()) - statuses[wanted]
