"""Streams deliver changes to those who may see them, and to nobody else."""

import pytest

from forums.live import streams
from forums.live.connections.hub import here
from forums.live.delivery import stream as delivery
from forums.models import Topic, Vote
from forums.notifications import dispatch
from tests import event_loop
from tests.forums.live.conftest import do, received
from tests.websocket_client import WebSocketClient

pytestmark = pytest.mark.django_db(transaction=True)


def test_readers_of_the_topic_receive_a_reply_with_what_the_page_shows(
    limes, opening, stream, say, ben, open_topic
):
    async def scene():
        member, visitor, elsewhere = WebSocketClient(ben), WebSocketClient(), WebSocketClient()
        assert await member.join(stream) == await visitor.join(stream) == ["joined"]
        await elsewhere.join(streams.topic(other.pk))
        comment = await do(say, opening, "Limes, *please*.")
        update = await visitor.receive("topic_changed")
        assert await member.receive("topic_changed") == update
        assert (update["topic"], update["version"] - update["since"]) == (limes.pk, 1)
        assert update["facts"]["comment_count"] == 1
        (added,) = update["comments"]
        assert (added["id"], added["seq"], added["parent"]) == (comment.pk, 2, opening.pk)
        assert "<em>please</em>" in added["html"]
        assert (
            await received(elsewhere, "topic_changed", "topic_counted", stream=streams.topic(other.pk)) == []
        )
        for page in (member, visitor, elsewhere):
            await page.disconnect()

    other = open_topic("Something else")
    event_loop.run(scene())


def test_the_answer_to_a_join_contains_the_version_that_was_sent(limes, opening, stream, say):
    async def scene():
        early, late = WebSocketClient(), WebSocketClient()
        await early.connect()
        joined = await early.send_join(stream)
        assert joined == {"kind": "joined", "stream": stream, "version": seen}
        await do(say, opening)
        update = await early.receive("topic_changed")
        await late.connect()
        assert (await late.send_join(stream))["version"] == update["version"]
        for page in (early, late):
            await page.disconnect()

    seen = Topic.objects.get(pk=limes.pk).version
    event_loop.run(scene())


def test_changes_that_come_together_are_sent_in_one_batch_without_a_gap(
    limes, opening, stream, say, ada, monkeypatch
):
    monkeypatch.setattr(delivery, "BATCH", 0.25)

    async def scene():
        page = WebSocketClient()
        await page.connect()
        version = (await page.send_join(stream))["version"]
        first = await do(say, opening)
        for number in range(8):
            await do(say, opening, f"Number {number}.")
        await do(Vote.objects.cast, first, by=ada, value=1)
        updates = []
        while (
            not updates or updates[-1]["facts"]["comment_count"] < 9 or updates[-1]["version"] < version + 10
        ):
            updates.append(await page.receive("topic_changed"))
        assert [each["since"] for each in updates] == [version, *(each["version"] for each in updates[:-1])]
        assert len(updates) < 10
        assert {comment["seq"] for each in updates for comment in each["comments"]} == set(range(2, 11))
        await page.disconnect()

    event_loop.run(scene())


def test_a_message_that_was_lost_is_made_up_for(limes, opening, stream, say, monkeypatch):
    async def scene():
        page = WebSocketClient()
        await page.join(stream)
        with monkeypatch.context() as patched:
            patched.setattr(streams, "send", lambda messages, trace: None)
            lost = await do(say, opening, "Lost on its way.")
        assert await received(page, "topic_changed", stream=stream) == []
        found = await do(say, opening, "This one arrives.")
        update = (await page.receive("topic_changed"))["comments"]
        assert [each["id"] for each in update] == [lost.pk, found.pk]
        with monkeypatch.context() as patched:
            patched.setattr(streams, "send", lambda messages, trace: None)
            last = await do(say, opening, "Lost, and none follows.")
        await here().heartbeat.compare_versions()  # as it does every few seconds
        (update,) = (await page.receive("topic_changed"))["comments"]
        assert update["id"] == last.pk
        await page.disconnect()

    event_loop.run(scene())


def test_a_page_that_reconnects_receives_what_it_has_missed(limes, opening, stream, say):
    async def scene():
        other, page, fresh = WebSocketClient(), WebSocketClient(), WebSocketClient()
        await other.join(stream)
        found = [await do(say, opening, f"Number {number}.") for number in range(3)]
        while (update := await other.receive("topic_changed"))["facts"]["comment_count"] < 3:
            pass
        await page.connect()
        await page.send(join=stream, since=seen)
        assert (await page.receive("joined"))["version"] == update["version"]
        missed = await page.receive("topic_changed")
        assert (missed["since"], missed["version"]) == (seen, update["version"])
        assert [each["id"] for each in missed["comments"]] == [comment.pk for comment in found]
        await fresh.connect()
        await fresh.send(join=stream, since=update["version"])
        assert await fresh.receive("joined") and await received(fresh, "topic_changed", stream=stream) == []
        for each in (other, page, fresh):
            await each.disconnect()

    seen = Topic.objects.get(pk=limes.pk).version
    event_loop.run(scene())


def test_missed_changes_are_sent_only_to_those_who_may_read_the_topic(secret, say, mod, ben):
    async def scene():
        insider, outsider = await WebSocketClient(mod).connect(), await WebSocketClient(ben).connect()
        for page in (insider, outsider):
            await page.send(join=streams.topic(secret.pk), since=1)
        assert "Under the mat." in str(await insider.receive("topic_changed"))
        assert (await outsider.receive())["kind"] == "refused"
        await received(insider, stream=streams.topic(secret.pk))
        assert await outsider.receive_all(seconds=0) == []
        for page in (insider, outsider):
            await page.disconnect()

    say(secret.comments.get(seq=1), "Under the mat.", author=mod)
    event_loop.run(scene())


def test_only_its_group_receives_a_private_topic(secret, say, mod, ben):
    async def scene():
        insider, outsider, visitor = WebSocketClient(mod), WebSocketClient(ben), WebSocketClient()
        stream = streams.topic(secret.pk)
        assert await insider.join(stream) == ["joined"]
        assert await outsider.join(stream, streams.topic(10**12)) == ["refused", "refused"]
        assert await visitor.join(stream) == ["refused"]
        await do(say, opening, "Under the mat.", author=mod)
        assert "Under the mat." in str(await insider.receive("topic_changed"))
        await received(insider, stream=stream)
        assert await outsider.receive_all(seconds=0) == await visitor.receive_all(seconds=0) == []
        for page in (insider, outsider, visitor):
            await page.disconnect()

    opening = secret.comments.get(seq=1)
    event_loop.run(scene())


def test_lists_receive_new_topics_and_replies_in_the_categories_that_their_reader_sees(
    limes, opening, secret, say, mod, ben, open_topic, town, vault
):
    async def scene():
        insider, outsider, visitor = WebSocketClient(mod), WebSocketClient(ben), WebSocketClient()
        for page in (insider, outsider, visitor):
            assert await page.join(streams.TOPICS) == ["joined"]
        await do(say, opening)
        update = {
            "kind": "topics_changed",
            "topics": [{"topic": limes.pk, "is_new": False, "category": town.pk}],
        }
        for page in (insider, outsider, visitor):
            assert await page.receive("topics_changed") == update
        hidden = await do(open_topic, "Another key", category=vault)
        assert (await insider.receive("topics_changed"))["topics"] == [
            {"topic": hidden.pk, "is_new": True, "category": vault.pk}
        ]
        for page in (outsider, visitor):
            assert await received(page, stream=streams.TOPICS) == []
        for page in (insider, outsider, visitor):
            await page.disconnect()

    event_loop.run(scene())


def test_only_the_member_receives_their_own_stream_on_every_connection(ada, ben):
    async def scene():
        connections, other, visitor = (
            [WebSocketClient(ada), WebSocketClient(ada)],
            WebSocketClient(ben),
            WebSocketClient(),
        )
        for page in connections:
            assert await page.join(streams.member(ada.pk)) == ["joined"]
        assert await other.join(streams.member(ada.pk), streams.member(ben.pk)) == ["refused", "joined"]
        assert await visitor.join(streams.member(ada.pk), streams.member(0)) == ["refused", "refused"]
        assert {each["unread"] for each in await other.receive_all("notified")} == {0}
        for page in connections:
            assert {each["unread"] for each in await page.receive_all("notified")} == {0}
        await do(streams.publish, streams.member(ada.pk), "notified", unread=3)
        for page in connections:
            update = await page.receive("notified")
            assert update["unread"] == 3
            await received(page, stream=streams.member(ada.pk))
        assert await other.receive_all(seconds=0) == await visitor.receive_all(seconds=0) == []
        for page in (*connections, other, visitor):
            await page.disconnect()

    event_loop.run(scene())


def test_a_member_who_reconnects_receives_the_unread_number(opening, say, ada, ben):
    def notify():
        say(opening)
        dispatch.dispatch_events()

    async def scene():
        page, other = WebSocketClient(ada), WebSocketClient(ben)
        for each, user in ((page, ada), (other, ben)):
            await each.join(streams.member(user.pk))
            assert (await each.receive("notified"))["unread"] == 0
        await page.disconnect()
        await do(notify)
        await page.join(streams.member(ada.pk))
        assert (await page.receive("notified"))["unread"] == 1
        assert await received(other, "notified", stream=streams.member(ben.pk)) == []
        for each in (page, other):
            await each.disconnect()

    dispatch.dispatch_events()
    event_loop.run(scene())


def test_a_page_that_leaves_a_stream_receives_no_more_of_it(limes, opening, stream, say):
    async def scene():
        page, other = WebSocketClient(), WebSocketClient()
        await page.join(stream)
        await other.join(stream)
        await page.send(leave=stream)
        await do(say, opening)
        assert await other.receive("topic_changed")
        await received(other, stream=stream)
        assert await page.receive_all(seconds=0) == []
        assert (await page.send_join(stream))["kind"] == "joined"
        await do(say, opening)
        assert await page.receive("topic_changed")
        for each in (page, other):
            await each.disconnect()

    event_loop.run(scene())
