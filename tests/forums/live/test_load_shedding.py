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


def steps_after(*lags, start=None):
    """Returns the step after each batch. Batches are a second apart."""
    found, shedding = [], start or LoadShedding()
    for second, lag in enumerate(lags):
        shedding.record(lag, second)
        found.append(shedding.step)
    return found


def test_one_late_batch_is_a_hiccup_and_two_in_a_row_are_too_much():
    assert steps_after(LATE, IN_TIME, LATE, IN_TIME) == [Step.FULL] * 4
    assert steps_after(LATE, LATE, LATE, LATE, LATE) == [
        Step.FULL, Step.COUNTS, Step.COUNTS, Step.POLLING, Step.POLLING,
    ]  # fmt: skip


def test_it_recovers_one_step_at_a_time_after_a_calm():
    shedding = LoadShedding()
    steps_after(LATE, LATE, LATE, LATE, start=shedding)
    assert not shedding.recover(3 + load_shedding.CALM - 1)
    assert shedding.recover(3 + load_shedding.CALM) and shedding.step == Step.COUNTS
    assert not shedding.recover(3 + load_shedding.CALM + 1)
    assert shedding.recover(3 + 2 * load_shedding.CALM) and shedding.step == Step.FULL
    assert not shedding.recover(1_000)


def test_batches_between_late_and_in_time_hold_it_where_it_is():
    shedding = LoadShedding()
    steps_after(LATE, LATE, start=shedding)
    for second in range(2, 60):
        shedding.record((LATE + IN_TIME) / 2, second)
        assert not shedding.recover(second) and shedding.step == Step.COUNTS


def test_after_an_early_recovery_the_next_takes_twice_as_long():
    shedding, now = LoadShedding(), 0.0
    waits = []
    for _ in range(8):
        shedding.record(LATE, now)
        shedding.record(LATE, now + 1)
        began = now = now + 1
        while not shedding.recover(now):
            now += 1
        waits.append(now - began)
        now += 1
    assert waits[:4] == [10, 20, 40, 80] and waits[-1] == load_shedding.MAX_CALM
    # After an equally long calm the waiting time is short again.
    now += load_shedding.MAX_CALM
    shedding.record(LATE, now)
    shedding.record(LATE, now + 1)
    assert shedding.recover(now + 1 + load_shedding.CALM)


@pytest.mark.django_db(transaction=True)
def test_on_counts_pages_receive_numbers_and_when_crowded_how_often_to_poll(limes, opening, stream, say, ben):
    async def scene():
        page = WebSocketClient(ben)
        await page.join(stream)
        await do(say, opening, "In full.")
        assert "In full." in str(await page.receive("topic_changed"))
        shed_load(stream, Step.COUNTS)
        await do(say, opening, "As a number.")
        update = await page.receive("topic_counted", "topic_changed")
        version = (await do(Topic.objects.get, pk=limes.pk)).version
        assert update == {"kind": "topic_counted", "topic": limes.pk, "version": version, "comment_count": 2}
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
def test_a_page_that_returns_to_a_crowded_topic_has_to_request_changes(limes, opening, stream, say):
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
def test_after_a_calm_pages_are_informed_and_receive_everything_again(
    limes, opening, stream, say, monkeypatch
):
    monkeypatch.setattr(load_shedding, "CALM", 0)

    async def scene():
        page = WebSocketClient()
        await page.join(stream)
        shedding = here().streams[stream].load_shedding = LoadShedding()
        shed_load(stream, Step.POLLING)
        await do(say, opening, "Unheard.")
        assert await page.receive("topic_crowded")
        # Each heartbeat goes down a step and informs the page.
        assert (await page.receive("topic_counted"))["comment_count"] == 1
        assert (await page.receive("topic_counted"))["comment_count"] == 1
        assert shedding.step == Step.FULL
        await do(say, opening, "In full again.")
        assert "In full again." in str(await page.receive("topic_changed"))
        await page.disconnect()

    event_loop.run(scene())


@pytest.mark.django_db(transaction=True)
def test_a_batch_that_is_too_large_is_sent_as_a_number(limes, opening, stream, say, monkeypatch):
    monkeypatch.setattr(updates, "LARGEST", 5_000)

    async def scene():
        page = WebSocketClient()
        await page.join(stream)
        await do(say, opening, "Word. " * 2_000)
        assert (await page.receive("topic_counted", "topic_changed"))["kind"] == "topic_counted"
        await do(say, opening, "Short.")
        update = await page.receive("topic_counted", "topic_changed")
        assert [each["seq"] for each in update["comments"]] == [3]
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
        monkeypatch.setattr(load_shedding, "LATE", 0.3)
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
