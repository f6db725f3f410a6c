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
def test_a_malformed_message_is_refused(text):
    assert connection.parse(text) is None


def test_messages_from_pages_are_parsed():
    assert connection.parse('{"join": "topic:7"}') == ("join", "topic:7", None)
    assert connection.parse('{"since": 41, "join": "topic:7"}') == ("join", "topic:7", 41)
    assert connection.parse('{"leave": "topics"}') == ("leave", "topics", None)
    assert connection.parse('{"writing": "topic:7", "parent": 12}') == ("writing", "topic:7", 12)


@pytest.mark.parametrize("nonsense", [{"text_data": "nonsense"}, {"bytes_data": b'{"join": "topics"}'}])
@needs_database
def test_a_malformed_message_closes_the_connection(nonsense):
    async def scene():
        page = await WebSocketClient().connect()
        await page.socket.send_to(**nonsense)
        assert await page.wait_for_close() == connection.MALFORMED
        await page.disconnect()

    event_loop.run(scene())


@needs_database
def test_a_page_that_sends_too_many_messages_is_closed(stream):
    async def scene():
        page = await WebSocketClient().connect()
        for _ in range(20):
            assert (await page.send_join(stream))["kind"] == "joined"
        await page.send(join=stream)
        assert await page.wait_for_close() == connection.TOO_FAST
        await page.disconnect()

    event_loop.run(scene())


@needs_database
def test_a_page_may_join_five_streams(open_topic):
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
def test_the_eleventh_connection_closes_the_oldest_with_a_reason(stream, ben, ada):
    async def scene():
        other = WebSocketClient(ada)
        await other.join(stream)
        connections = []
        for _ in range(11):
            connections.append(WebSocketClient(ben))
            assert await connections[-1].join(stream) == ["joined"]
        while (event := await connections[0]._event(5))["type"] != "websocket.close":
            pass
        assert event["code"] == connection_limits.TOO_MANY_CONNECTIONS
        assert "more than 10 tabs" in event["reason"]
        for page in (*connections[1:], other):
            assert (await page.send_join(stream))["kind"] == "joined"
        for page in (*connections, other):
            await page.disconnect()

    event_loop.run(scene())


@needs_database
def test_a_closed_connection_makes_room(stream, ben):
    async def scene():
        connections = [WebSocketClient(ben) for _ in range(10)]
        for page in connections:
            await page.join(stream)
        for _ in range(5):
            await connections.pop().disconnect()
            connections.append(WebSocketClient(ben))
            await connections[-1].join(stream)
        for page in connections:
            assert (await page.send_join(stream))["kind"] == "joined"
            await page.disconnect()

    event_loop.run(scene())


@needs_database
def test_connections_are_counted_over_all_processes(stream, ben):
    """Another process holds ten connections. A message on the channel of all processes closes its oldest."""

    async def scene():
        page = WebSocketClient(ben)
        await page.join(stream)
        hub = here()
        elsewhere = "other-host-1"
        hub.heartbeat.alive = {hub.heartbeat.process, elsewhere}
        names = [f"{elsewhere}:{n}" for n in range(10)]
        await sync_to_async(connection_limits._record)(
            [connection_limits.Change(ben.pk, name, is_open=True) for name in names]
        )
        messages = []
        hub.subscription._hub = RecordingHub(hub, messages)
        one_more = WebSocketClient(ben)
        await one_more.join(stream)
        # Of twelve connections, this process's first is the oldest, and the other process's first comes next.
        assert await page.wait_for_close() == connection_limits.TOO_MANY_CONNECTIONS
        assert messages[0]["member"] == ben.pk and messages[0]["names"][1:] == names[:1]
        assert (await one_more.send_join(stream))["kind"] == "joined"
        for each in (page, one_more):
            await each.disconnect()

    event_loop.run(scene())


class RecordingHub:
    """A hub that records the messages between processes."""

    def __init__(self, hub, messages):
        self._hub, self._messages = hub, messages

    def __getattr__(self, name):
        return getattr(self._hub, name)

    def receive(self, channel, text):
        message = json.loads(text)
        if message["kind"] == "connections_superseded":
            self._messages.append(message)
        self._hub.receive(channel, text)


@needs_database
def test_connections_of_a_killed_process_do_not_count(stream, ben, monkeypatch):
    async def scene():
        names = [f"killed-2:{n}" for n in range(10)]
        await sync_to_async(connection_limits._record)(
            [connection_limits.Change(ben.pk, name, is_open=True) for name in names]
        )
        page, other = WebSocketClient(ben), WebSocketClient(ben)
        await page.join(stream)
        here().heartbeat.alive = {here().heartbeat.process}
        await other.join(stream)
        for each in (page, other):
            assert (await each.send_join(stream))["kind"] == "joined"
            await each.disconnect()

    monkeypatch.setattr(connection_limits, "GRACE", 0)
    event_loop.run(scene())


@needs_database
def test_an_address_has_room_for_many_visitors_and_not_for_all_of_them(stream, ben, monkeypatch):
    monkeypatch.setattr(connection_limits, "MAX_VISITORS", 3)

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
