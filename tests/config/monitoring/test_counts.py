"""What members do, what waits and what an engine costs are counted for Prometheus."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from prometheus_client import REGISTRY

from accounts.models import AccountMail
from config.monitoring import queues
from config.processes import task_queue
from forums.models import OutboxEvent, Vote
from forums.tasks import delete_old_notifications

pytestmark = pytest.mark.django_db


@pytest.fixture
def counted():
    """Returns by how much a sample has grown since the last call: `counted("folkmoot_posts_total", kind="topic")`."""
    before = {}

    def counted(name, **labels):
        key, value = (name, *labels.values()), REGISTRY.get_sample_value(name, labels) or 0
        grown, before[key] = value - before.get(key, 0), value
        return grown

    return counted


@pytest.mark.django_db(transaction=True)
def test_posts_and_votes_are_counted_once_each(limes, opening, ben, open_poll, sign_in, counted):
    kinds = [("posts", "comment"), ("posts", "topic"), ("votes", "comment"), ("votes", "ballot")]

    def figures():
        return [counted(f"folkmoot_{name}_total", kind=kind) for name, kind in kinds]

    figures()
    token = uuid4()
    for _ in range(2):  # a double click
        limes.reply(author=ben, parent=opening, body="Two a week.", token=token)
    assert figures() == [1, 0, 0, 0]
    for _ in range(2):
        Vote.objects.cast(opening, by=ben, value=1)
    assert figures() == [0, 0, 1, 0]
    poll = open_poll()
    figures()
    for _ in range(2):
        sign_in(ben).post(f"/poll/{poll.pk}/vote/", {"option": poll.option_ids[0], "token": token})
    assert figures() == [0, 0, 0, 1]


def test_a_request_is_timed_with_its_waits_for_each_engine(client, counted):
    def waits():
        labels = {"view": "topic-list", "engine": "database"}
        return [
            counted("folkmoot_request_engine_seconds_count", **labels | {"engine": engine})
            for engine in ("database", "redis")
        ]

    waits()
    client.get("/", headers={"Cookie": "sessionid=abcdefgh"})
    assert waits() == [1, 1]
    assert counted("folkmoot_request_engine_seconds_sum", view="topic-list", engine="database") > 0


def test_cache_reads_are_counted_by_kind(client, counted):
    def reads():
        return [
            counted("folkmoot_cache_reads_total", kind=kind, result=result)
            for kind, result in (("page", "miss"), ("page", "hit"), ("page in process", "hit"))
        ]

    reads()
    client.get("/")
    assert reads() == [1, 0, 0]
    client.get("/")
    assert reads() in ([0, 0, 1], [0, 1, 0])  # each test client has its own middleware


def test_a_refused_request_is_counted_under_its_limit(client, counted):
    counted("folkmoot_rate_limited_total", limit="script-errors")
    answers = [client.post("/script-errors/", {"message": "x"}).status_code for _ in range(11)]
    assert answers[-1] == 429
    assert counted("folkmoot_rate_limited_total", limit="script-errors") == answers.count(429)


def test_queues_have_a_depth_and_an_age(limes, engines, queued):
    OutboxEvent.objects.all().delete()
    assert queues.backlogs() == dict.fromkeys(
        ("account mail", "debates", "mail", "outbox", "polls", "tasks"), queues.Backlog(0, None)
    )
    old = timezone.now() - timedelta(minutes=5)
    OutboxEvent.objects.create(kind=OutboxEvent.Kind.VISIBILITY_CHANGED, topic=limes, created_at=old)
    AccountMail.objects.create(to="ada@example.org", subject="Hello", text="Hello.", due_at=old)
    task_queue._queue(delete_old_notifications.name, "queued:test", lifetime=10)
    found = queues.backlogs()
    assert {name: backlog.waiting for name, backlog in found.items()} == {
        "account mail": 1, "debates": 0, "mail": 0, "outbox": 1, "polls": 0, "tasks": 1,
    }  # fmt: skip
    assert (found["outbox"].oldest, found["account mail"].oldest) == (old, old)
    assert 0 <= found["tasks"].seconds < 30
