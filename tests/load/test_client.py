"""The benchmark's HTTP client, against a server that uses every kind of response."""

import gzip
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.load.client import closed_loop, constant_rate
from tests.load.client.requests import get, post
from tests.load.client.responses import parse

BODY = b"<p>a page with a marker</p>" * 500


class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen.append(self.path)
        body = gzip.compress(BODY) if self.path == "/packed" else BODY
        self.send_response(404 if self.path == "/missing" else 200)
        if self.path == "/packed":
            self.send_header("Content-Encoding", "gzip")
        if self.path == "/chunked":
            self.send_header("Transfer-Encoding", "chunked")
            body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:700], body[700:], b""))
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.server.seen.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(201)
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"marker")

    def log_message(self, *about):
        pass


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.seen = []
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def run(server, requests, status=200, marker="a marker", least=40):
    return closed_loop.run(closed_loop.Plan(server.server_port, 3, 0, requests, status, [marker], least))


@pytest.mark.parametrize("path", ["/plain", "/packed", "/chunked"])
def test_complete_responses_are_counted(server, path):
    result = run(server, [get(path, "")])
    assert (result["wrong"], result["count"] >= 40, len(server.seen)) == (0, True, result["count"])
    assert result["size"] == (len(gzip.compress(BODY)) if path == "/packed" else len(BODY))


def test_requests_are_sent_in_turn(server):
    run(server, [get(f"/{number}", "") for number in range(7)])
    assert {f"/{number}" for number in range(7)} == set(server.seen)


def test_a_wrong_status_and_a_missing_marker_are_noticed(server):
    result = run(server, [get("/missing", "")])
    assert (result["wrong"], result["example"][:3]) == (result["count"], "404")
    assert run(server, [get("/plain", "")], marker="another marker")["wrong"] > 0


def test_every_post_has_a_token_of_its_own(server):
    result = run(
        server, [post("/", "key", {"token": closed_loop.TOKEN.decode()})], status=201, marker="marker"
    )
    assert result["wrong"] == 0
    assert len(set(server.seen)) == len(server.seen) == result["count"]


def test_a_response_is_parsed_once_it_is_complete():
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
    assert [parse(whole[:end]) for end in range(len(whole))] == [None] * len(whole)
    assert parse(whole).body == b"hello"
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
    assert [parse(chunked[:end]) for end in range(len(chunked))] == [None] * len(chunked)
    assert parse(chunked).body == b"hello"


def test_senders_keep_the_rate_and_count_the_responses(server):
    requests = [post("/reply/", "key", {"token": closed_loop.TOKEN.decode()}).encode() for _ in range(20)]
    senders, started = (
        constant_rate.Senders(server.server_port, requests, rate=100, at_once=4),
        time.monotonic(),
    )
    senders.start()
    senders.join()
    assert senders.statuses == {201: 20}
    assert time.monotonic() - started >= 0.19
    tokens = {line.partition("token=")[2].partition("&")[0] for line in server.seen}
    assert (len(tokens), {len(token) for token in tokens}) == (20, {32})


def test_stopped_senders_send_no_more(server):
    endless = (get("/plain", "").encode() for _ in iter(int, 1))
    senders = constant_rate.Senders(server.server_port, endless, rate=50, at_once=2)
    senders.start()
    time.sleep(0.1)
    senders.stop()
    assert 1 <= senders.statuses[200] <= 20


def test_a_single_request_returns_status_time_and_decompressed_text(server):
    status, took, text = constant_rate.send_once(server.server_port, get("/packed", "").encode())
    assert (status, "a marker" in text, took > 0) == (200, True, True)
