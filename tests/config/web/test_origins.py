"""Only the site's own pages may open a socket. The check compares scheme, host and port."""

import pytest
from asgiref.sync import async_to_sync

from config.web.origins import may_connect


@pytest.mark.parametrize(
    ("site", "origin", "allowed"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000", True),
        ("http://127.0.0.1:8000", "http://localhost:8000", True),
        ("http://127.0.0.1:8000", "http://[::1]:8000", True),
        ("http://127.0.0.1:8000", "http://localhost:8001", False),
        ("http://127.0.0.1:8000", "http://localhost", False),
        ("http://127.0.0.1:8000", "https://localhost:8000", False),
        ("http://localhost", "http://localhost:80", True),
        ("https://localhost", "https://localhost", True),
        ("https://localhost", "https://localhost:443", True),
        ("https://localhost", "https://localhost:8443", False),
        ("https://localhost", "http://localhost", False),
        ("https://forum.example", "https://forum.example", True),
        ("http://localhost", "http://localhost.evil.example", False),
        ("http://localhost", "http://evil.example/localhost", False),
        ("http://localhost", "http://localhost@evil.example", False),
        ("http://localhost", "http://evil.example#localhost", False),
        ("http://localhost", "null", False),
        ("http://localhost", "file://localhost", False),
        ("http://localhost", "http://[", False),
        ("http://localhost", "http://localhost:99999", False),
        ("http://localhost", "", False),
    ],
)
def test_only_our_own_pages_may_connect(settings, site, origin, allowed):
    settings.SITE_URL = site
    assert may_connect([(b"origin", origin.encode())]) is allowed


def test_two_origins_must_both_be_ours(settings):
    settings.SITE_URL = "http://localhost"
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
