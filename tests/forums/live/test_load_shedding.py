"""Delivery degrades in steps while batches are late, and recovers after a calm."""

import asyncio
import time

import pytest

from forums.live.connections import updates
from forums.live.connections.hub import here
from forums.live.delivery import expanders, load_shedding
from forums.live.delivery.load_shedding import LoadShedding, Step
from forums.models import Topic
from tests import event_loop
from tests.forums.live.conftest import do, received, shed_load
from tests.websocket_client import WebSocketClient

LATE, IN_TIME = load_shedding.LATE + 0.1, load_shedding.IN_TIME - 0.1


def climbed(*lags, start=None):
    """Returns the step after each batch. Batches are a second apart."""
    found, own = [], start or LoadShedding()
    for second, lag in enumerate(lags):
        own.note(lag, second)
        found.append(own.step)
    return found


def test_one_late_batch_is_a_hiccup_and_two_in_a_row_are_too_much():
    assert climbed(LATE, IN_TIME, LATE, IN_TIME) == [Step.FULL] * 4
    assert climbed(LATE, LATE, LATE, LATE, LATE) == [
        Step.FULL, Step.COUNTS, Step.COUNTS, Step.POLLING, Step.POLLING,
    ]  # fmt: skip


def test_it_comes_down_one_step_at_a_time_after_a_calm():
    own = LoadShedding()
    climbed(LATE, LATE, LATE, LATE, start=own)
    assert not own.look(3 + load_shedding.CALM - 1)
    assert own.look(3 + load_shedding.CALM) and own.step == Step.COUNTS
    assert not own.look(3 + load_shedding.CALM + 1)
    assert own.look(3 + 2 * load_shedding.CALM) and own.step == Step.FULL
    assert not own.look(1_000)


def test_batches_between_late_and_in_time_hold_it_where_it_is():
    own = LoadShedding()
    climbed(LATE, LATE, start=own)
    for second in range(2, 60):
        own.note((LATE + IN_TIME) / 2, second)
        assert not own.look(second) and own.step == Step.COUNTS


def test_who_comes_down_too_early_waits_twice_as_long_the_next_time():
    own, now = LoadShedding(), 0.0
    waits = []
    for _ in range(8):
        own.note(LATE, now)
        own.note(LATE, now + 1)
        began = now = now + 1
        while not own.look(now):
            now += 1
        waits.append(now - began)
        now += 1
    assert waits[:4] == [10, 20, 40, 80] and waits[-1] == load_shedding.LONGEST_CALM
    # After an equally long calm the waiting time is short again.
    now += load_shedding.LONGEST_CALM
    own.note(LATE, now)
    own.note(LATE, now + 1)
    assert own.look(now + 1 + load_shedding.CALM)


@pytest.mark.django_db(transaction=True)
def test_on_counts_pages_hear_numbers_and_when_crowded_how_often_to_ask(limes, opening, stream, say, ben):
    async def scene():
        page = WebSocketClient(ben)
        await page.join(stream)
        await do(say, opening, "In full.")
        assert "In full." in str(await page.receive("topic_changed"))
        shed_load(stream, Step.COUNTS)
        await do(say, opening, "As a number.")
        told = await page.receive("topic_counted", "topic_changed")
        version = (await do(Topic.objects.get, pk=limes.pk)).version
        assert told == {"kind": "topic_counted", "topic": limes.pk, "version": version, "comment_count": 2}
        shed_load(stream, Step.POLLING)
        await do(say, opening, "Not at all.")
        crowded = {"kind": "topic_crowded", "topic": limes.pk, "every": updates.EVERY}
        assert await page.receive("topic_crowded", "topic_counted", "topic_changed") == crowded
        await do(say, opening, "Nor this one.")
        kinds = ("topic_crowded", "topic_counted", "topic_changed")
        assert await received(page, *kinds, stream=stream) == []
        late = WebSocketClient()
        await late.join(stream)
        assert await late.receive("topic_crowded") == crowded
        for each in (page, late):
            await each.disconnect()

    event_loop.run(scene())


@pytest.mark.django_db(transaction=True)
def test_a_page_that_comes_back_when_it_is_crowded_has_to_ask(limes, opening, stream, say):
    async def scene():
        other, page = WebSocketClient(), WebSocketClient()
        await other.join(stream)
        shed_load(stream, Step.COUNTS)
        await do(say, opening)
        assert await other.receive("topic_counted")
        await page.connect()
        await page.send(join=stream, since=1)
        assert (await page.receive("joined"))["version"] > 1
        assert await received(page, "topic_changed", stream=stream) == []
        for each in (other, page):
            await each.disconnect()

    event_loop.run(scene())


@pytest.mark.django_db(transaction=True)
def test_after_a_calm_pages_hear_of_it_and_then_everything_again(limes, opening, stream, say, monkeypatch):
    monkeypatch.setattr(load_shedding, "CALM", 0)

    async def scene():
        page = WebSocketClient()
        await page.join(stream)
        own = here().streams[stream].ladder = LoadShedding()
        shed_load(stream, Step.POLLING)
        await do(say, opening, "Unheard.")
        assert await page.receive("topic_crowded")
        # Each heartbeat goes down a step and tells the page.
        assert (await page.receive("topic_counted"))["comment_count"] == 1
        assert (await page.receive("topic_counted"))["comment_count"] == 1
        assert own.step == Step.FULL
        await do(say, opening, "In full again.")
        assert "In full again." in str(await page.receive("topic_changed"))
        await page.disconnect()

    event_loop.run(scene())


@pytest.mark.django_db(transaction=True)
def test_a_batch_that_is_too_long_for_everybody_is_told_as_a_number(limes, opening, stream, say, monkeypatch):
    monkeypatch.setattr(updates, "LARGEST", 5_000)

    async def scene():
        page = WebSocketClient()
        await page.join(stream)
        await do(say, opening, "Word. " * 2_000)
        assert (await page.receive("topic_counted", "topic_changed"))["kind"] == "topic_counted"
        await do(say, opening, "Short.")
        told = await page.receive("topic_counted", "topic_changed")
        assert [each["seq"] for each in told["comments"]] == [3]
        await page.disconnect()

    event_loop.run(scene())


@pytest.mark.django_db(transaction=True)
def test_lag_is_measured_from_when_a_batch_was_due(limes, opening, stream, say, monkeypatch):
    async def scene():
        page = WebSocketClient()
        await page.join(stream)
        own = here().streams[stream]
        await do(say, opening)
        assert await page.receive("topic_changed")
        assert own.lag < load_shedding.LATE and own.step == Step.FULL
        monkeypatch.setitem(expanders._expanders, "topic_changed", slowly)
        for _ in range(2):
            await do(say, opening)
            assert await page.receive("topic_changed")
        while own.step != Step.COUNTS:
            await asyncio.sleep(0.01)
        await page.disconnect()

    def slowly(messages, stream):
        time.sleep(load_shedding.LATE + 0.1)
        return updates.topic_changed(messages, stream)

    event_loop.run(scene())
