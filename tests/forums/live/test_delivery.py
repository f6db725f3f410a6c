"""Messages are encoded once and written whole and in order, also through daphne."""

import asyncio
import os
import subprocess
import sys
from contextlib import contextmanager

import pytest

from forums.live.delivery import transport
from forums.live.delivery.message import Message, frame
from forums.live.delivery.transport import AsgiTransport, deliver
from tests import event_loop, processes
from tests.forums.live.flooding_app import COUNT
from tests.load.sockets.frames import frame_of, length_of


class RecordingConnection:
    """The part of a connection that delivery uses."""

    def __init__(self, *labels):
        self.labels, self.transport, self.messages = frozenset(labels), self, []

    def write(self, message):
        self.messages.append(message)

    @property
    def texts(self):
        return [message.text for message in self.messages]


def test_each_version_is_encoded_once_and_an_empty_one_is_not_sent():
    connections = [
        RecordingConnection("poll:1"),
        RecordingConnection("poll:1", "poll:9"),
        RecordingConnection(),
        RecordingConnection("poll:2"),
    ]
    batch = [{"poll:1": '{"full":1}', "": '{"bare":1}'}, {"poll:2": '{"two":2}', "": ""}]
    assert event_loop.run(deliver(set(connections), batch)) == 4
    assert [connection.texts for connection in connections] == [
        ['[{"full":1}]'],
        ['[{"full":1}]'],
        ['[{"bare":1}]'],
        ['[{"bare":1},{"two":2}]'],
    ]
    assert connections[0].messages[0] is connections[1].messages[0]
    assert event_loop.run(deliver(set(connections), [{"poll:1": "{}", "": ""}])) == 2


def test_a_connection_that_closes_during_a_batch_receives_no_more(monkeypatch):
    monkeypatch.setattr(transport, "SLICE", 1)
    connections = {RecordingConnection() for _ in range(10)}

    async def scene():
        work = asyncio.create_task(deliver(connections, [{"": "{}"}]))
        await asyncio.sleep(0)
        closed = [connection for connection in connections if not connection.messages]
        connections.difference_update(closed)
        return await work, closed

    written, closed = event_loop.run(scene())
    assert len(closed) == 10 - written > 0
    assert not any(connection.messages for connection in closed)


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536, 100_000])
def test_frames_are_as_the_protocol_has_them(size):
    text = "ü" * (size // 2) + "x" * (size % 2)
    framed = frame(text)
    assert framed[0] == 0x81 and length_of(framed) == len(framed)
    assert framed.endswith(text.encode()) and len(framed) - size in (2, 4, 10)


def test_nothing_is_written_after_the_close():
    async def scene():
        events = []

        async def send(event):
            events.append(event)

        page = AsgiTransport(send)
        page.write(Message("[1]"))
        page.close(4001, "Over.")
        page.write(Message("[2]"))
        await asyncio.sleep(0)
        return events

    assert event_loop.run(scene()) == [
        {"type": "websocket.send", "text": "[1]"},
        {"type": "websocket.close", "code": 4001, "reason": "Over."},
    ]


@pytest.fixture(scope="module")
def flood():
    with daphne() as port:
        yield port


@contextmanager
def daphne(**environment):
    port = processes.free_port()
    command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(
        [*command, "tests.forums.live.flooding_app:application"],
        cwd=processes.ROOT,
        stderr=subprocess.DEVNULL,
        env=os.environ | environment,
    )
    yield port
    server.terminate()
    server.wait()


async def connect(port):
    deadline = asyncio.get_running_loop().time() + 30
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
            break
        except OSError:
            assert asyncio.get_running_loop().time() < deadline
            await asyncio.sleep(0.1)
    writer.write(
        b"GET /ws/ HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: d2F0Y2hlcndhdGNoZXJ3YQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    return reader, writer


async def frames(reader, pause=0.0):
    """Returns all frames until the connection ends."""
    data, found = b"", []
    while True:
        try:
            read = await reader.read(50_000)
        except ConnectionError:
            return found
        if not read:
            return found
        data += read
        while data and (size := length_of(data)) <= len(data):
            found.append(data[:size])
            data = data[size:]
        await asyncio.sleep(pause)


@pytest.mark.processes
@pytest.mark.xdist_group("daphne")
def test_through_daphne_everything_arrives_whole_and_in_order_and_the_reason_too(flood):
    async def scene():
        reader, writer = await connect(flood)
        reading = asyncio.create_task(frames(reader, pause=0.001))
        await asyncio.sleep(0.3)
        writer.write(frame_of(b"", 0x89))  # a ping: daphne itself answers it, between our messages
        found = await reading
        writer.close()
        return found

    found = event_loop.run(scene())
    texts = [each[{126: 4, 127: 10}.get(each[1], 2) :].decode() for each in found if each[0] == 0x81]
    assert [int(text.partition(" ")[0]) for text in texts] == list(range(COUNT))
    assert all(len(text.partition(" ")[2]) == number * 997 % 70_000 for number, text in enumerate(texts))
    assert sum(each[0] == 0x8A for each in found) == 1
    assert (found[-1][0], found[-1][2:4], found[-1][4:]) == (
        0x88,
        (4001).to_bytes(2, "big"),
        b"That was all.",
    )


@pytest.mark.processes
@pytest.mark.xdist_group("daphne")
def test_a_page_that_does_not_read_is_dropped_instead_of_kept_in_memory(flood):
    async def scene():
        reader, writer = await connect(flood)
        writer.transport.pause_reading()
        await asyncio.sleep(3)
        writer.transport.resume_reading()
        found = await frames(reader)
        writer.close()
        return found

    found = event_loop.run(scene())
    assert 0 < len(found) < COUNT and found[-1][0] == 0x81


@pytest.mark.processes
def test_through_another_daphne_everything_arrives_the_slow_way():
    async def scene(port):
        reader, writer = await connect(port)
        found = await frames(reader)
        writer.close()
        return [each for each in found if each[0] == 0x81]

    with daphne(CHANGED="yes") as port:
        found = event_loop.run(scene(port))
    texts = [each[{126: 4, 127: 10}.get(each[1], 2) :].decode() for each in found]
    assert [int(text.partition(" ")[0]) for text in texts] == list(range(COUNT))
