"""Commits every transaction in these tests, because other connections see only committed rows."""

import time

import pytest
from asgiref.sync import sync_to_async

from forums.live import streams
from forums.live.connections import heartbeat
from forums.live.connections.hub import here
from forums.live.delivery import stream as delivery
from forums.live.delivery.load_shedding import LATE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _committed_at_once():
    """Runs `on_commit` functions after the real commit, unlike the other tests of the forum."""


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch):
    """Sends ten times as many batches in a second as a real process does."""
    monkeypatch.setattr(delivery, "BATCH", delivery.BATCH / 10)


@pytest.fixture
def fast_heartbeat(monkeypatch):
    monkeypatch.setattr(heartbeat, "EVERY", 0.1)


@pytest.fixture
def stream(limes):
    return streams.topic(limes.pk)


@pytest.fixture
def secret(open_topic, vault, mod, stewards):
    """A topic that only stewards may see. Mod is a steward."""
    mod.groups.add(stewards)
    return open_topic("The key", category=vault)


def shed_load(stream, step):
    """Reports late batches of a stream of this process until it has reached `step`."""
    load_shedding = here().streams[stream].load_shedding
    while load_shedding.step < step:
        load_shedding.record(LATE + 1, time.monotonic())


async def received(client, *kinds, stream):
    """Returns the messages of these kinds, or of any, that a client has received from a stream.

    Publishes a sentinel and waits for it, because a stream delivers in order. Afterwards every other client of this
    process has its messages, too: `receive_all(seconds=0)` returns them.
    """
    await do(streams.publish, stream, "sentinel")
    found = []
    while (message := await client.receive())["kind"] != "sentinel":
        if not kinds or message["kind"] in kinds:
            found.append(message)
    return found


def do(verb, *given, **named):
    """Calls a verb of a model from a coroutine: `await do(topic.lock, by=mod)`."""
    return sync_to_async(verb)(*given, **named)
