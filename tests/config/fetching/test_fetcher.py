"""The fetcher connects only to checked addresses, and no server can keep it busy or fill its memory."""

import socket
import threading
import time
from contextlib import contextmanager, suppress

import pytest

from config.fetching import fetcher
from config.fetching.addresses import may_connect
from config.fetching.fetcher import FetchError, fetch

FILE = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 4\r\n\r\nfile"


class Listener:
    """A server on all addresses of this machine that counts connections.

    `answers` maps a path to bytes, or to a function of the socket.
    """

    def __init__(self, answers):
        self.answers, self.connections, self.requests = answers, 0, []
        self.socket = socket.create_server(("", 0), family=socket.AF_INET6, dualstack_ipv6=True)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._answer, args=(client,), daemon=True).start()

    def _answer(self, client):
        with client:
            request = client.recv(65536).decode()
            self.requests.append(request)
            answer = self.answers.get(request.split()[1], FILE)
            with suppress(OSError):  # the fetcher has closed its end
                answer(client) if callable(answer) else client.sendall(answer)


@contextmanager
def listening(settings, answers=None, networks=("127.0.0.0/8",)):
    listener = Listener(answers or {})
    settings.FETCH_PORTS, settings.FETCH_NETWORKS = [listener.port], list(networks)
    try:
        yield listener
    finally:
        listener.socket.close()


def names(**addresses):
    """A resolver for these names; a list of addresses is answered one by one. It refuses all other names."""

    def resolve(host, port, type):
        known = addresses[host.replace(".", "_")]
        address = known.pop(0) if isinstance(known, list) else known
        return [(socket.AF_INET6 if ":" in address else socket.AF_INET, type, 6, "", (address, port))]

    return resolve


def moved(target):
    return f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nSet-Cookie: a=1\r\n\r\n".encode()


FORBIDDEN = """
    127.0.0.1 127.1 127.255.255.254 0.0.0.0 0 2130706433 0x7f000001 0x7f.1 017700000001 0177.0.0.1 localhost
    [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [64:ff9b::7f00:1] [2002:7f00:1::] [2001:0:7f00:1::]
    10.0.0.1 172.16.0.1 192.168.1.1 100.64.0.1 169.254.169.254 [fe80::1] [fc00::1] [fd00:ec2::254] 224.0.0.1 [ff02::1]
    255.255.255.255 192.0.2.1 198.18.0.1 240.0.0.1 127.0.0.1. ①②⑦.⓪.⓪.①
"""


@pytest.mark.parametrize("host", FORBIDDEN.split())
def test_no_spelling_of_a_forbidden_address_is_connected(settings, host):
    with listening(settings, networks=()) as listener:
        with pytest.raises(FetchError):
            fetch(f"http://{host}:{listener.port}/", seconds=2)
        with pytest.raises(FetchError):
            fetch(f"http://name:{listener.port}/", seconds=2, resolve=names(name=host.strip("[]")))
        assert listener.connections == 0


def test_public_addresses_may_be_connected():
    assert all(map(may_connect, ["1.1.1.1", "93.184.215.14", "2606:4700:4700::1111"]))
    assert may_connect("10.1.2.3", ["10.1.0.0/16"]) and not may_connect("10.2.2.3", ["10.1.0.0/16"])


def test_a_file_is_fetched_without_cookies_after_three_redirects(settings):
    with listening(settings) as listener:
        listener.answers |= {
            "/1": moved("/2"),
            "/2": moved(f"http://b:{listener.port}/3"),
            "/3": moved("4?a=b c"),
        }
        found = fetch(f"http://a:{listener.port}/1", resolve=names(a="127.0.0.1", b="127.0.0.2"))
        assert found == (f"http://b:{listener.port}/4?a=b c", "image/png", "utf-8", b"file")
        assert listener.connections == 4
        assert [each.split("\r\n")[0] for each in listener.requests][-1] == "GET /4?a=b%20c HTTP/1.1"
        assert not any("cookie" in each.lower() for each in listener.requests)
        listener.answers["/4?a=b%20c"] = moved("/5")
        with pytest.raises(FetchError, match="More than 3 redirects"):
            fetch(f"http://a:{listener.port}/1", resolve=names(a="127.0.0.1", b="127.0.0.2"))


@pytest.mark.parametrize(
    "target",
    [
        "http://inside:{port}/",
        "//inside:{port}/x",
        "file:///etc/passwd",
        "ftp://a/",
        "http://a:1/",
        "http://u:p@a:{port}/",
    ],
)
def test_no_redirect_leads_to_a_forbidden_address(settings, target):
    with listening(settings, networks=["127.0.0.2"]) as listener:
        listener.answers["/"] = moved(target.format(port=listener.port))
        with pytest.raises(FetchError):
            fetch(f"http://a:{listener.port}/", resolve=names(a="127.0.0.2", inside="127.0.0.1"))
        assert listener.connections == 1


def test_a_name_that_resolves_differently_the_second_time_is_connected_at_the_checked_address(settings):
    with listening(settings, networks=["127.0.0.2"]) as listener:
        address, found = f"http://rebinds:{listener.port}/", ["127.0.0.2", "127.0.0.1"]
        assert fetch(address, resolve=names(rebinds=found)).body == b"file"
        assert found == ["127.0.0.1"]
        listener.answers["/"] = moved("/again")
        with pytest.raises(FetchError, match="not public"):
            fetch(address, resolve=names(rebinds=["127.0.0.2", "127.0.0.1"]))
        assert listener.connections == 2


def test_a_name_with_one_forbidden_address_among_others_is_not_connected(settings):
    def resolve(host, port, type):
        return [(socket.AF_INET, type, 6, "", (each, port)) for each in ("127.0.0.2", "127.0.0.1")]

    with listening(settings, networks=["127.0.0.2"]) as listener:
        with pytest.raises(FetchError, match="not public"):
            fetch(f"http://mixed:{listener.port}/", resolve=resolve)
        assert listener.connections == 0


def drip(*, before):
    def answer(client):
        client.sendall(before)
        while True:
            client.sendall(b"x")
            time.sleep(0.05)

    return answer


def flood(client):
    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        client.sendall(b"x" * 65536)


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        drip(before=b""), drip(before=OK + b"X-Header: "), drip(before=OK + b"\r\n"), flood,
        OK + b"Content-Length: 9999999999\r\n\r\n", OK + b"Content-Length: 9\r\n\r\nfile", OK + b"X: y\r\n" * 200,
        OK + b"Transfer-Encoding: chunked\r\n\r\nffffffffff\r\nfile", OK + b"Content-Encoding: gzip\r\n\r\nfile",
        b"HTTP/1.1 404 Not Found\r\n\r\n", b"HTTP/1.1 302 Found\r\n\r\n", b"SSH-2.0-OpenSSH\r\n", b"",
    ],
    ids=lambda answer: getattr(answer, "__name__", None) or answer[:45].decode(),
)  # fmt: skip
def test_no_answer_takes_longer_or_more_memory_than_the_limits(settings, answer):
    with listening(settings, {"/": answer}) as listener:
        began = time.monotonic()
        with pytest.raises(FetchError):
            fetch(f"http://a:{listener.port}/", seconds=0.5, most_bytes=100_000, resolve=names(a="127.0.0.1"))
        assert time.monotonic() - began < 2 and listener.connections == 1


def test_a_slow_resolver_does_not_exceed_the_time(settings):
    is_over = threading.Event()
    with listening(settings) as listener:
        with pytest.raises(FetchError, match="TimeoutError"):
            fetch(f"http://a:{listener.port}/", seconds=0.1, resolve=lambda *_, **__: is_over.wait(10))
        is_over.set()
        assert listener.connections == 0


def test_only_the_chosen_ports_are_connected(settings):
    assert (settings.FETCH_PORTS, fetcher.SECONDS, fetcher.MOST_BYTES) == ([80, 443], 10, 5 * 1024 * 1024)
    with listening(settings) as listener:
        settings.FETCH_PORTS = [80, 443]
        with pytest.raises(FetchError, match="not allowed"):
            fetch(f"http://a:{listener.port}/", resolve=names(a="127.0.0.1"))
        assert listener.connections == 0
