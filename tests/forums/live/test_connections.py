"""Limits of sockets: valid messages, their rate, and connections for each member and address."""

import json

import pytest
from asgiref.sync import sync_to_async

from forums.live import streams as live_streams
from forums.live.connections import connection, connection_limits
from forums.live.connections.hub import here
from tests import event_loop
from tests.websocket_client import WebSocketClient

needs_database = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    "text",
    [
        " ", "nonsense", "[]", "{}", "7", '{"join": 7}', '{"join": "topic:x"}', '{"join": "topic:"}',
        '{"join": "control"}', '{"join": "members"}', '{"join": "topic:' + "9" * 300 + '"}', '{"shout": "topics"}',
        '{"join": "topics", "leave": "topics"}', '{"writing": "topics", "parent": "1"}',
        '{"writing": "topics", "parent": true}', '{"writing": "topics", "parent": -1}', "[" * 150,
        '{"join": "topic:٣"}', '{"": "topics"}', '{"leave": "topic:7", "since": 1}',
    ],
)  # fmt: skip
def test_what_a_page_would_not_say_is_not_understood(text):
    assert connection.understand(text) is None


def test_what_a_page_does_say_is_understood():
    assert connection.understand('{"join": "topic:7"}') == ("join", "topic:7", None)
    assert connection.understand('{"since": 41, "join": "topic:7"}') == ("join", "topic:7", 41)
    assert connection.understand('{"leave": "topics"}') == ("leave", "topics", None)
    assert connection.understand('{"writing": "topic:7", "parent": 12}') == ("writing", "topic:7", 12)


@pytest.mark.parametrize("nonsense", [{"text_data": "nonsense"}, {"bytes_data": b'{"join": "topics"}'}])
@needs_database
def test_what_is_not_understood_ends_the_socket(nonsense):
    async def scene():
        page = await WebSocketClient().connect()
        await page.socket.send_to(**nonsense)
        assert await page.wait_for_close() == connection.NOT_UNDERSTOOD
        await page.disconnect()

    event_loop.run(scene())


@needs_database
def test_who_says_too_much_is_sent_away(stream):
    async def scene():
        page = await WebSocketClient().connect()
        for _ in range(20):
            assert (await page.send_join(stream))["kind"] == "joined"
        await page.send(join=stream)
        assert await page.wait_for_close() == connection.TOO_MUCH
        await page.disconnect()

    event_loop.run(scene())


@needs_database
def test_a_page_is_about_a_handful_of_streams(open_topic):
    async def scene():
        page = WebSocketClient()
        assert await page.join(*streams) == ["joined"] * 5 + ["refused"]
        await page.send(leave=streams[0])
        assert (await page.send_join(streams[5]))["kind"] == "joined"
        assert (await page.send_join(streams[1]))["kind"] == "joined"  # joining again is no error
        await page.disconnect()

    streams = [live_streams.topic(open_topic(f"Topic {n}").pk) for n in range(6)]
    event_loop.run(scene())


@needs_database
def test_the_eleventh_tab_closes_the_oldest_with_a_reason(stream, ben, ada):
    async def scene():
        other = WebSocketClient(ada)
        await other.join(stream)
        tabs = []
        for _ in range(11):
            tabs.append(WebSocketClient(ben))
            assert await tabs[-1].join(stream) == ["joined"]
        event = await tabs[0]._event(5)
        assert (event["type"], event["code"]) == ("websocket.close", connection_limits.TOO_MANY_TABS)
        assert "more than 10 tabs" in event["reason"]
        for page in (*tabs[1:], other):
            assert (await page.send_join(stream))["kind"] == "joined"
        for page in (*tabs, other):
            await page.disconnect()

    event_loop.run(scene())


@needs_database
def test_a_tab_that_was_closed_makes_room(stream, ben):
    async def scene():
        tabs = [WebSocketClient(ben) for _ in range(10)]
        for page in tabs:
            await page.join(stream)
        for _ in range(5):
            await tabs.pop().disconnect()
            tabs.append(WebSocketClient(ben))
            await tabs[-1].join(stream)
        for page in tabs:
            assert (await page.send_join(stream))["kind"] == "joined"
            await page.disconnect()

    event_loop.run(scene())


@needs_database
def test_tabs_are_counted_over_all_processes(stream, ben):
    """Another process holds ten tabs. The channel that processes share tells its oldest to close."""

    async def scene():
        page = WebSocketClient(ben)
        await page.join(stream)
        hub = here()
        elsewhere = "other-host-1"
        hub.pulse.alive = {hub.pulse.process, elsewhere}
        names = [f"{elsewhere}:{n}" for n in range(10)]
        await sync_to_async(connection_limits._note)(
            [connection_limits.Note(ben.pk, name, has_come=True) for name in names]
        )
        told = []
        hub.feed._hub = Eavesdropper(hub, told)
        one_more = WebSocketClient(ben)
        await one_more.join(stream)
        # Of twelve tabs, this process's first is the oldest, and the other process's first comes next.
        assert await page.wait_for_close() == connection_limits.TOO_MANY_TABS
        assert told[0]["member"] == ben.pk and told[0]["names"][1:] == names[:1]
        assert (await one_more.send_join(stream))["kind"] == "joined"
        for each in (page, one_more):
            await each.disconnect()

    event_loop.run(scene())


class Eavesdropper:
    """A hub that records the messages between processes."""

    def __init__(self, hub, told):
        self._hub, self._told = hub, told

    def __getattr__(self, name):
        return getattr(self._hub, name)

    def hear(self, channel, text):
        message = json.loads(text)
        if message["kind"] == "tabs_superseded":
            self._told.append(message)
        self._hub.hear(channel, text)


@needs_database
def test_tabs_of_a_process_that_was_killed_do_not_count(stream, ben, monkeypatch):
    async def scene():
        names = [f"killed-2:{n}" for n in range(10)]
        await sync_to_async(connection_limits._note)(
            [connection_limits.Note(ben.pk, name, has_come=True) for name in names]
        )
        page, other = WebSocketClient(ben), WebSocketClient(ben)
        await page.join(stream)
        here().pulse.alive = {here().pulse.process}
        await other.join(stream)
        for each in (page, other):
            assert (await each.send_join(stream))["kind"] == "joined"
            await each.disconnect()

    monkeypatch.setattr(connection_limits, "YOUNG", 0)
    event_loop.run(scene())


@needs_database
def test_an_address_has_room_for_many_visitors_and_not_for_all_of_them(stream, ben, monkeypatch):
    monkeypatch.setattr(connection_limits, "VISITORS_AT_MOST", 3)

    async def scene():
        pages = [WebSocketClient(address="203.0.113.7") for _ in range(3)]
        for page in pages:
            assert await page.join(stream) == ["joined"]
        one_more = await WebSocketClient(address="203.0.113.7").connect()
        assert await one_more.wait_for_close() == connection_limits.TOO_MANY_VISITORS
        neighbour, member = (
            WebSocketClient(address="203.0.113.8"),
            WebSocketClient(ben, address="203.0.113.7"),
        )
        assert await neighbour.join(stream) == await member.join(stream) == ["joined"]
        await one_more.disconnect()
        await pages.pop().disconnect()
        again = WebSocketClient(address="203.0.113.7")
        assert await again.join(stream) == ["joined"]
        for page in (*pages, neighbour, member, again):
            await page.disconnect()

    event_loop.run(scene())


@needs_database
def test_a_cookie_that_names_no_session_makes_a_visitor(stream, ben):
    async def scene():
        for key in ("x" * 32, "'; DROP TABLE", "0" * 500):
            page = WebSocketClient(session=key)
            assert await page.join(stream, live_streams.member(ben.pk)) == ["joined", "refused"]
            await page.disconnect()

    event_loop.run(scene())
