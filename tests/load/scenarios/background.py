"""What goes on while requests are sent: topics that change under their readers, limits that would stop us."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache
from django.db import connection
from django.db.models import F

from config import stamps
from forums.models import Topic

EVERY = 0.05
"""Seconds between two changes of all topics: less than the readers need to come round to one again."""


@contextmanager
def changing(topics: list[Topic]) -> Iterator[None]:
    """Each topic gets a new version again and again, as if somebody had voted in it, so that no window is cached."""
    over = threading.Event()

    def change():
        keys = [topic.pk for topic in topics]
        while not over.wait(EVERY):
            Topic.objects.filter(pk__in=keys).update(version=F("version") + 1)
            stamps.touch(*map(stamps.of_topic, keys))
        connection.close()

    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def forgotten_limits() -> Iterator[None]:
    """Members may reply 20 times a minute, and some will by the hundred: what was counted before is forgotten.

    The counting itself goes on, for it is part of what a reply costs.
    """
    cache.delete_pattern("rl:*")
    yield
