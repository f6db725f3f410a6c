"""One trace leads from a member's click to the frame in another browser. Without an endpoint, nothing is imported."""

import json
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests import data_directory, processes
from tests.config.processes.site import SAFE, Site
from tests.load.sockets.frames import frame_of

pytest.importorskip("opentelemetry.sdk", reason="OpenTelemetry is not installed (uv sync --group tracing)")
pytestmark = pytest.mark.processes

# redis-py imports the API of an installed OpenTelemetry by itself.
MODULES = """
import sys
from config.processes import preload
OURS = ("config.monitoring.otlp", "opentelemetry.exporter", "opentelemetry.instrumentation")
preload.load()
print(sorted(name for name in sys.modules if name.startswith(OURS)))
"""


@contextmanager
def collector():
    """Receives traces by OTLP over HTTP. Yields its address, and the spans that have arrived as pairs."""
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                spans.extend(span for scope in resource.scope_spans for span in scope.spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *said):
            pass

    spans = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", spans
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def browser(port, session, *streams):
    """Opens a WebSocket and joins streams. Yields a function that waits for the frame with a message of a kind."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as page:
        page.sendall(
            f"GET /ws/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {'A' * 22}==\r\n"
            f"Cookie: sessionid={session}\r\n\r\n".encode()
        )
        seen = b""

        def receive(sign, number=1):
            nonlocal seen
            while seen.count(sign) < number:
                data = page.recv(65_536)
                assert data, seen
                seen += data

        def await_frame(kind, number=1):
            receive(f'"kind":"{kind}"'.encode(), number)

        receive(b"\r\n\r\n")
        for stream in streams:
            page.sendall(frame_of(json.dumps({"join": stream}).encode()))
        await_frame("joined", len(streams))
        yield await_frame


def prepare(data):
    code, output, errors = processes.finish(
        processes.start("-m", "tests.forums.live.discussion_script", "prepare", "2", data=data, **SAFE)
    )
    assert code == 0, errors
    return json.loads(output)


def test_one_trace_leads_from_the_click_to_the_frames_in_another_browser(tmp_path):
    data_directory.copy_site(tmp_path)
    with collector() as (address, spans):
        tracing = {"OTEL_EXPORTER_OTLP_ENDPOINT": address, "OTEL_BSP_SCHEDULE_DELAY": "100"}
        with Site(tmp_path, **tracing) as site:
            scene = prepare(tmp_path)
            topic, (author, replier) = scene["topic"], scene["sessions"]
            streams = (f"topic:{topic}", f"member:{scene['members'][0]}")
            with browser(site.port + 1, author, *streams) as await_frame:
                form = f"parent={scene['opening']}&body=Behind+the+church.&token={'0' * 32}"
                answer = site.post_form(f"/t/{topic}/reply/?key=s3cr3t", form, session=replier)
                assert answer.status in (302, 303), answer.text
                await_frame("topic_changed")
                await_frame("notified", 2)  # the first came when the page joined
            request_id = answer.headers["X-Request-ID"]

            def of_the_click():
                roots = [span for span in spans if request_id in str(span.attributes)]
                return [span for span in spans if roots and span.trace_id == roots[0].trace_id]

            wanted = {
                "run/forums.tasks.dispatch_events", "apply_async/forums.tasks.dispatch_events", "dispatch events",
                "INSERT", "PUBLISH",
            }  # fmt: skip

            def is_complete():
                names = [span.name for span in of_the_click()]
                return wanted <= set(names) and names.count("deliver live updates") >= 2

            assert processes.wait_until(is_complete), sorted({span.name for span in of_the_click()})
    found = of_the_click()
    delivered = {
        attribute.value.string_value
        for span in found
        if span.name == "deliver live updates"
        for attribute in span.attributes
        if attribute.key == "stream"
    }
    assert delivered == set(streams)
    assert "s3cr3t" not in str(spans)


def test_without_an_endpoint_nothing_is_imported(tmp_path):
    code, output, _ = processes.manage("shell", "-v0", "-c", MODULES, data=tmp_path)
    assert (code, output) == (0, "[]\n")
