"""A raid: a crowd of new accounts writes everywhere and is reported, while members read and moderators look at the
queue. Then one press removes it."""

import threading
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
from config.trouble import Trouble
from forums import recount
from forums.models import Comment
from tests.load.client import requests
from tests.load.client.closed_loop import TOKEN
from tests.load.client.constant_rate import Senders, ask_once
from tests.load.client.scenario import Scenario
from tests.load.data import members
from tests.load.data.corpus import MIDDLING
from tests.load.data.prose import Writer
from tests.load.measurements import report, rounds
from tests.load.scenarios import live
from tests.load.site.serve import Site

ACCOUNTS = 500
POSTS = 10
"""Comments by each of them."""
MINUTE = 60
"""Seconds of raid for each second of a round: two minutes by default."""
REPORTS = 200
"""A minute."""
AT_ONCE = 24
"""Connections on which the raiders post."""
EVERY = 2
"""Seconds between two looks at the queue."""
READERS = 1
"""Connections on which pages are asked for, one after the other. Two would wait for each other in the quiet, too, when
chance gives them the same worker."""
PAUSE = 0.04
"""Seconds between a page and the next: some twenty pages a second, as three hundred members ask for who read each for
fifteen seconds. Without it the asking alone would fill a core, in the quiet as in the raid, and keep one page's code in
the processor's caches, which is no quiet forum."""
QUEUE = 'class="queue"'


class Raid:
    """Those who take part: accounts that have just joined, a moderator, and members who report."""

    def __init__(self, accounts: int, reporters: list[str]):
        User.objects.update(date_joined=datetime(2020, 1, 1, tzinfo=UTC))
        self.name = f"Raid{uuid4().hex[:5]}"
        self.raiders = members.crowd(accounts, self.name)
        self.moderator = members.sign_in([_moderator()])[0]
        self.reporters = cycle(reporters)
        self.rule = members.rule()

    @property
    def comments(self):
        return Comment.objects.filter(author__username__startswith=self.name)

    def posts(self) -> list[bytes]:
        """Everybody's replies, in turn, all over the topics that members read."""
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
        """Without end: a member reports one of the newest comments of the raiders."""
        random = Random(1)
        for key in self.reporters:
            newest = list(self.comments.order_by("-pk").values_list("pk", flat=True)[:100])
            if newest:
                sent = {"rule": self.rule.pk, "words": "Spam."}
                yield requests.post(f"/comments/{random.choice(newest)}/report/", key, sent).encode()


def measure(site: Site, raid: Raid, asked: list[Scenario], seconds: float) -> list[str]:
    """The tables. Raises Trouble if the press did not remove everything, or if a counter is wrong afterwards."""
    lasting = MINUTE * seconds

    def latencies(lasting):
        return rounds.latencies(asked, site, seconds, lasting, PAUSE)

    before = latencies(lasting / 2)
    with _going_on(site, raid, lasting) as seen:
        busy = latencies(lasting)
    # Both sides of it: what else the machine does changes within minutes.
    quiet = [
        tuple(map(fmean, zip(*both, strict=True)))
        for both in zip(before, latencies(lasting / 2), strict=True)
    ]
    removing = _remove(site, raid)
    return [report.beside(asked, "in the raid", quiet, busy), _course(raid, seen, removing, lasting)]


@contextmanager
def _going_on(site, raid, lasting) -> Iterator[dict]:
    """The raid runs meanwhile; the dict has what came of it afterwards."""
    seen, over, looks = {}, threading.Event(), []
    posts = raid.posts()
    posting = Senders(site.port, posts, rate=len(posts) / lasting, at_once=AT_ONCE)
    reporting = Senders(site.port, raid.reports(), rate=REPORTS / 60, at_once=2)

    def look():
        request = requests.get("/moderation/", requests.cookie(raid.moderator)).encode()
        while not over.wait(EVERY):
            status, took, body = ask_once(site.port, request)
            if status != 200 or QUEUE not in body:
                raise Trouble(f"The queue answers with {status}.")
            looks.append(took)
        connection.close()

    looking = threading.Thread(target=look)
    for each in (posting, reporting, looking):
        each.start()
    try:
        yield seen
    finally:
        posting.join()
        over.set()
        reporting.stop()
        looking.join()
        seen |= {"posted": posting.statuses, "reported": reporting.statuses, "looks": looks}


def _remove(site, raid) -> tuple[float, int]:
    """Press the button; seconds until the answer, and how many comments went."""
    written = raid.comments.count()
    sent = {"minutes": 60, "days": 1, "until": timezone.now().isoformat(), "rule": raid.rule.pk}
    request = requests.post("/moderation/raid/remove/", raid.moderator, sent).encode()
    status, took, _ = ask_once(site.port, request)
    left = raid.comments.filter(hidden_at=None).count()
    if status != 303 or left:
        raise Trouble(f"The raid was answered with {status}, and {left:,} of its comments can still be read.")
    if wrong := recount.differences():
        raise Trouble(f"{len(wrong)} counters are wrong after the raid, first: {wrong[0]}")
    return took, written


def _moderator() -> User:
    group, _ = Group.objects.get_or_create(name="Moderators")
    group.permissions.add(Permission.objects.get(content_type__app_label="forums", codename="moderate"))
    found, _ = User.objects.get_or_create(
        username="BenchMod", email=f"benchmod{members.DOMAIN}", trust=Trust.REGULAR
    )
    found.groups.add(group)
    return found


def pages(reading: list[Scenario]) -> list[Scenario]:
    """What members read meanwhile."""
    return [each for each in live.pages(reading) if each.viewer == "member"]


def _course(raid, seen, removing, lasting):
    posted, reported, looks = seen["posted"], seen["reported"], sorted(seen["looks"])
    head = [
        "raid", "seconds", "comments", "refused", "reports", "refused", "queue p50 ms", "longest ms", "removed in s",
        "counters wrong",
    ]  # fmt: skip
    row = [
        f"{len(raid.raiders)} accounts", f"{lasting:.0f}", f"{posted[201]:,}", f"{_others(posted, 201):,}",
        f"{reported[303]:,}", f"{_others(reported, 303):,}", f"{looks[len(looks) // 2] * 1000:.0f}",
        f"{looks[-1] * 1000:.0f}", f"{removing[0]:.1f}", "0",
    ]  # fmt: skip
    return report.table(head, [row])


def _others(statuses: Counter, wanted: int) -> int:
    return sum(statuses.values()) - statuses[wanted]
