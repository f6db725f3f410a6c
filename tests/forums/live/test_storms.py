"""Crowds of connections and outages of Redis: each page receives each change once, at little cost."""

import asyncio

import pytest
from redis.asyncio.client import PubSub

from forums.live import streams
from forums.live.connections import stream_access, updates
from forums.live.connections.hub import here
from forums.live.delivery.batcher import Batcher
from forums.models import Topic
from forums.notifications import dispatch
from forums.reading import changes_since
from tests import event_loop
from tests.cast import member, session_key_of
from tests.forums.live.conftest import do, received
from tests.websocket_client import WebSocketClient

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 60


def counted(process, sizes):
    """Returns a batcher with the same function, which also records the size of each batch."""

    def count(items):
        sizes.append(len(items))
        return process(items)

    return Batcher(count)


def test_many_pages_that_reconnect_are_checked_and_served_in_a_few_batches(
    limes, opening, stream, say, monkeypatch
):
    sessions = [session_key_of(member(f"Reader{n}")) for n in range(MANY)]
    asked, missed, looked_up = [], [], []
    since = changes_since.since
    monkeypatch.setattr(changes_since, "since", lambda *given: looked_up.append(given[1]) or since(*given))
    say(opening, "While they were away.")

    async def scene():
        here().access, here().missed = counted(stream_access.check, asked), counted(updates.missed, missed)
        pages = [WebSocketClient(session=session) for session in sessions]
        await asyncio.gather(*(page.connect() for page in pages))
        await asyncio.gather(*(page.send(join=stream, since=seen) for page in pages))
        changes = await asyncio.gather(*(page.receive("topic_changed") for page in pages))
        assert all(each == changes[0] for each in changes) and "While they were away." in str(changes[0])
        assert await pages[0].receive_all("topic_changed") == []
        for page in pages:
            assert await page.receive_all("topic_changed", seconds=0) == []
        # Each was checked twice: who it is, and whether it may receive this. All were rechecked when the process had
        # begun to listen for changes of rights, and some since.
        assert 2 * MANY <= sum(asked) < 4 * MANY and len(asked) < MANY / 2
        assert sum(missed) == MANY and len(missed) < MANY / 2
        assert set(looked_up) == {seen}
        await asyncio.gather(*(page.disconnect() for page in pages))

    seen = Topic.objects.get(pk=limes.pk).version - 1
    event_loop.run(scene())


def test_a_topic_that_is_joined_while_the_process_is_still_connecting_is_received(stream, ben, monkeypatch):
    subscribe, is_sent, may_go_on = PubSub.subscribe, asyncio.Event(), asyncio.Event()

    async def slowly(pubsub, *channels):
        await subscribe(pubsub, *channels)
        is_sent.set()
        await may_go_on.wait()

    async def scene():
        page = await WebSocketClient(ben).connect()
        await is_sent.wait()
        await page.send(join=stream)
        while stream not in here().streams:
            await asyncio.sleep(0.01)
        may_go_on.set()
        assert (await page.receive("joined", "refused"))["kind"] == "joined"
        await do(streams.publish, stream, "rung")
        assert await page.receive("rung") == {"kind": "rung"}
        await page.disconnect()

    monkeypatch.setattr(PubSub, "subscribe", slowly)
    event_loop.run(scene())


def test_while_redis_is_away_pages_stay_and_on_its_return_they_receive_what_happened(
    limes, opening, stream, say, ben, redis_is
):
    async def scene():
        redis_is("away")
        page = WebSocketClient(ben)
        assert await page.join(stream, streams.TOPICS, streams.member(ben.pk)) == ["joined"] * 3
        assert await page.receive("paused") == {"kind": "paused"}
        comment = await do(say, opening, "Posted without Redis.")
        assert (await do(Topic.objects.get, pk=limes.pk)).comment_count == 1
        redis_is("back")
        # One message, which contains the changes of the meantime.
        kinds = []
        while not {"resumed", "topic_changed"} <= set(kinds):
            kinds.append((await page.receive("resumed", "topic_changed", "paused"))["kind"])
        kinds += [
            each["kind"] for each in await received(page, "resumed", "topic_changed", "paused", stream=stream)
        ]
        assert kinds.count("resumed") == kinds.count("topic_changed") == 1
        await received(page, stream=streams.TOPICS)
        await do(say, opening, "And afterwards.")
        kinds = {(await page.receive("topic_changed", "topics_changed"))["kind"] for _ in range(2)}
        assert kinds == {"topic_changed", "topics_changed"}
        for each in (stream, streams.TOPICS):
            assert await received(page, "topic_changed", "topics_changed", stream=each) == []
        await do(streams.publish, streams.member(ben.pk), "notified", unread=1)
        assert (await page.receive("notified"))["unread"] == 1
        assert comment.seq == 2
        await page.disconnect()

    event_loop.run(scene())


def test_unread_numbers_are_sent_when_redis_is_back(opening, say, ada, redis_is):
    def notify():
        say(opening)
        dispatch.dispatch_events()

    async def scene():
        redis_is("away")
        page = WebSocketClient(ada)
        await page.join(streams.member(ada.pk))
        assert await page.receive("paused")
        await page.receive_all("notified")
        await do(notify)
        assert await page.receive_all("notified") == []
        redis_is("back")
        assert await page.receive("resumed")
        assert (await page.receive("notified"))["unread"] == 1
        await page.disconnect()

    dispatch.dispatch_events()
    event_loop.run(scene())


def test_unread_numbers_of_many_members_take_a_few_queries():
    members = [member(f"Reader{n}") for n in range(MANY)]
    sessions, asked = [session_key_of(each) for each in members], []

    async def scene():
        here().unread = counted(updates.unread, asked)
        pages = [WebSocketClient(session=session) for session in sessions]
        await asyncio.gather(*(page.connect() for page in pages))
        await asyncio.gather(
            *(page.send(join=streams.member(each.pk)) for page, each in zip(pages, members, strict=True))
        )
        await asyncio.gather(*(page.receive("notified") for page in pages))
        assert sum(asked) == MANY and len(asked) < MANY / 2
        await asyncio.gather(*(page.disconnect() for page in pages))

    event_loop.run(scene())


def test_changes_that_happen_while_redis_is_away_are_found_by_the_heartbeat(
    limes, opening, stream, say, redis_is, fast_heartbeat
):
    async def scene():
        redis_is("away")
        page = WebSocketClient()
        await page.join(stream)
        assert await page.receive("paused")
        await do(say, opening, "Seen after a few beats.")
        assert "Seen after a few beats." in str(await page.receive("topic_changed"))
        redis_is("back")
        await page.disconnect()

    event_loop.run(scene())


def test_access_that_ended_without_redis_ends_on_its_return(limes, opening, stream, say, ben, mod, redis_is):
    async def scene():
        redis_is("away")
        page = WebSocketClient(ben)
        assert await page.join(stream) == ["joined"]
        assert await page.receive("paused")
        await do(limes.set_hidden, by=mod)
        redis_is("back")
        assert await page.receive("ended", timeout=5) == {"kind": "ended", "stream": stream}
        await page.disconnect()

    event_loop.run(scene())
