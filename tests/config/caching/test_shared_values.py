"""Values that processes share: made once, however many threads and processes need them at the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.core.cache import caches

from config.caching import shared_values
from config.caching.shared_values import SharedValues

READERS = 8


@pytest.fixture
def processes(engines):
    """As many stores as there are readers, as if each were in a process of its own."""
    return [SharedValues("test", 10, 60) for _ in range(READERS)]


class Maker:
    """Makes a value once it may go on, and counts how often."""

    def __init__(self, fails=False, is_needed=True):
        self.times, self.fails, self.is_needed = 0, fails, is_needed
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self):
        self.times += 1
        self.begun.set()
        assert self.go_on.wait(20)
        if self.fails:
            raise LookupError
        return f"value {self.times}", self.is_needed


def read_together(stores, make):
    """All readers ask for one key at the same moment."""
    key, begun = uuid4().hex, threading.Barrier(len(stores) + 1)

    def read(store):
        begun.wait()
        try:
            return store.get(key, make)
        except LookupError:
            return "failed"

    with ThreadPoolExecutor(len(stores)) as pool:
        found = [pool.submit(read, store) for store in stores]
        begun.wait()
        make.go_on.set()
        return [each.result() for each in found]


def test_threads_of_one_process_make_a_value_once(processes):
    make = Maker()
    assert read_together(processes[:1] * READERS, make) == ["value 1"] * READERS
    assert make.times == 1


def test_processes_make_a_value_once(processes):
    make = Maker()
    assert read_together(processes, make) == ["value 1"] * READERS
    assert make.times == 1


def test_nobody_waits_for_a_value_that_fails_or_is_not_stored(processes, monkeypatch):
    monkeypatch.setattr(shared_values, "WAIT", 600)
    failing, unstored = Maker(fails=True), Maker(is_needed=False)
    assert read_together(processes[:2] * 2, failing) == ["failed"] * 4
    assert failing.times == 4
    read_together(processes, unstored)
    assert unstored.times == READERS


def test_nobody_waits_long_for_one_who_has_died(processes, monkeypatch):
    monkeypatch.setattr(shared_values, "WAIT", 0.02)
    make, key = Maker(), uuid4().hex
    make.go_on.set()
    caches["evictable"].add(f"making:test:{key}", 1, 600)
    assert processes[0].get(key, make) == "value 1"
    slow = Maker()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(processes[1].get, other := uuid4().hex, slow)
        assert slow.begun.wait(20)
        assert processes[1].get(other, lambda: ("mine", True)) == "mine"
        slow.go_on.set()
        assert first.result() == "value 1"


def test_without_redis_everybody_makes_the_value_at_once(processes, monkeypatch, redis_is):
    monkeypatch.setattr(shared_values, "WAIT", 600)
    redis_is("away")
    make = Maker()
    assert sorted(read_together(processes, make)) == [f"value {number}" for number in range(1, READERS + 1)]
