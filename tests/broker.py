"""Reads the broker, where tasks wait because no worker runs in tests."""

from contextlib import suppress
from queue import Empty

import pytest

from config.celery import app


@pytest.fixture
def queued(engines):
    """`queued()` removes all tasks from the broker, and returns their names and the times for which they are queued."""

    def queued():
        found = []
        with app.connection_for_read() as broker, broker.SimpleQueue("celery") as queue, suppress(Empty):
            while message := queue.get(block=False):
                message.ack()
                found.append((message.headers["task"], message.headers["eta"]))
        return found

    queued()
    return queued
