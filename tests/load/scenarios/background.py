"""Contexts around a scenario: topics that change while they are read, and replies with the tasks that they start."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache
from django.db import connection
from django.db.models import F

from config.caching import cache_tags
from forums.models import OutboxEvent, SearchUpdate, Topic

EVERY = 0.05
"""Seconds between two changes of all topics: less than the clients need to request the same topic again."""
PATIENCE = 20
"""Seconds to wait for the tasks of replies. It takes a second or two."""


@contextmanager
def changing(topics: list[Topic]) -> Iterator[None]:
    """Raise the version of each topic again and again, as a vote does, so that no page of it is cached."""
    over = threading.Event()

    def change():
        keys = [topic.pk for topic in topics]
        while not over.wait(EVERY):
            Topic.objects.filter(pk__in=keys).update(version=F("version") + 1)
            cache_tags.invalidate(*map(cache_tags.of_topic, keys))
        connection.close()

    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def replying() -> Iterator[None]:
    """Reset the rate limits first: members may reply 20 times per minute, and some reply a hundred times.

    The site still counts the replies, because counting is part of their cost. So are the tasks that they start: this
    waits until those have ended, which otherwise would count for the pages that are measured next.
    """
    cache.delete_pattern("rl:*")
    yield
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and (OutboxEvent.objects.exists() or SearchUpdate.objects.exists()):
        time.sleep(0.2)
