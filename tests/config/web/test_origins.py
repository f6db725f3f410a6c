"""Only the site's own pages may open a socket. The check compares whole hosts."""

import pytest
from asgiref.sync import async_to_sync

from config.web.origins import may_connect


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://localhost", True),
        ("http://[::1]:8000", True),
        ("http://127.0.0.1.evil.example", False),
        ("http://evil.example/127.0.0.1", False),
        ("http://127.0.0.1@evil.example", False),
        ("http://evil.example#127.0.0.1", False),
        ("null", False),
        ("file://127.0.0.1", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_only_our_own_hosts_may_connect(origin, allowed):
    assert may_connect([(b"origin", origin.encode())]) is allowed


def test_two_origins_must_both_be_ours():
    ours, theirs = (b"origin", b"http://localhost"), (b"origin", b"http://evil.example")
    assert may_connect([ours, ours])
    assert not may_connect([ours, theirs])


def test_what_is_no_browser_may_connect():
    assert may_connect([(b"host", b"localhost")])


@pytest.mark.parametrize("origin", [b"http://localhost:8000", b"http://localhost.evil.example"])
def test_a_socket_at_an_unknown_address_is_refused_quietly(origin):
    from channels.testing import WebsocketCommunicator

    from config.asgi import sockets

    async def knock():
        visitor = WebsocketCommunicator(sockets, "/ws/nowhere/", headers=[(b"origin", origin)])
        return await visitor.connect()

    connected, _ = async_to_sync(knock)()
    assert not connected
