"""Sockets see what has been committed, so here everything is."""

import time

import pytest
from asgiref.sync import sync_to_async

from forums import live
from forums.sockets.hub import here
from forums.sockets.ladder import LATE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _committed_at_once():
    """What waits for the commit in these tests waits for a real one."""


@pytest.fixture
def stream(limes):
    return live.topic(limes.pk)


@pytest.fixture
def secret(open_topic, vault, mod, stewards):
    """A topic that stewards alone may see, of whom Mod is one."""
    mod.groups.add(stewards)
    return open_topic("The key", category=vault)


def climb(stream, step):
    """Let a stream of this process be late until it is on that step."""
    ladder = here().streams[stream].ladder
    while ladder.step < step:
        ladder.note(LATE + 1, time.monotonic())


def do(verb, *given, **named):
    """A verb of a model's, from a scene: `await do(topic.lock, by=mod)`."""
    return sync_to_async(verb)(*given, **named)
