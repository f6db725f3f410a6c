"""Each request has an id: in its log lines, its answer, its error page, its tasks and its WebSocket."""

import re

import pytest
from celery.contrib.testing.worker import start_worker
from channels.testing import WebsocketCommunicator
from django.db import connection
from structlog.testing import capture_logs

from config.asgi import application
from config.celery import app
from config.web import logs
from tests import event_loop, processes

NEW = re.compile(r"[0-9a-f]{16}")
CLAIMED = "0f-from_the-proxy"


@pytest.fixture
def logged():
    with capture_logs(processors=[logs.add_request_id, logs.shorten_outages]) as lines:
        yield lines


@pytest.fixture
def away():
    """Sends new connections of this process to an address without Postgres."""
    connection.close()
    there = connection.settings_dict["HOST"]
    connection.settings_dict["HOST"] = "/tmp/fm-nowhere"
    yield
    connection.close()
    connection.settings_dict["HOST"] = there


def test_the_answer_the_page_and_the_log_have_the_same_id(client, logged):
    answer = client.get("/nowhere/")
    request_id = answer["X-Request-ID"]
    assert NEW.fullmatch(request_id)
    assert f"Error 404 · request {request_id}" in answer.content.decode()
    [line] = logged
    assert (line["request_id"], line["path"], line["status"]) == (request_id, "/nowhere/", 404)
    assert client.get("/healthz")["X-Request-ID"] != request_id
    assert logs.request_id() == ""


@pytest.mark.parametrize("claimed", ["short", "x" * 65, "two words", 'say"so"', "line\\nline"])
def test_an_id_that_is_not_well_formed_is_replaced(client, settings, claimed):
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    assert client.get("/healthz", headers={"X-Request-ID": CLAIMED})["X-Request-ID"] == CLAIMED
    assert NEW.fullmatch(client.get("/healthz", headers={"X-Request-ID": claimed})["X-Request-ID"])


def test_an_id_from_a_client_is_replaced(client, settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    answer = client.get("/healthz", headers={"X-Request-ID": CLAIMED})
    assert NEW.fullmatch(answer["X-Request-ID"])


@pytest.mark.django_db(transaction=True)
def test_without_postgres_a_request_logs_one_line_and_no_traceback(client, logged, caplog, away):
    client.raise_request_exception = False
    answer = client.get("/", headers={"Cookie": "sessionid=abcdefgh"})
    assert answer.status_code == 503
    [line] = [line for line in logged if "request_id" in line]
    assert (line["event"], line["status"], line["log_level"]) == ("request", 503, "error")
    assert "fm-nowhere" in line["error"] and "\n" not in line["error"]
    assert f"Error 503 · request {line['request_id']}" in answer.content.decode()
    assert not any(map(logs.is_news, caplog.records))


@app.task
def note_request_id():
    noted.append(logs.request_id())


noted = []


def test_a_task_continues_the_request_that_started_it(engines, queued):
    logs.begin_request(CLAIMED)
    note_request_id.delay()
    logs.end_request()
    note_request_id.delay()
    with start_worker(app, pool="solo", perform_ping_check=False):
        assert processes.wait_until(lambda: len(noted) == 2)
    assert noted[0] == CLAIMED and NEW.fullmatch(noted[1])


@pytest.mark.django_db(transaction=True)
def test_a_socket_has_an_id_and_a_failure_closes_it_with_one_line(settings, logged, away):
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    headers = [(b"origin", settings.SITE_URL.encode()), (b"x-request-id", CLAIMED.encode())]
    headers.append((b"cookie", b"sessionid=abcdefgh"))

    async def scene():
        socket = WebsocketCommunicator(application, "/ws/", headers=headers)
        await socket.send_input({"type": "websocket.connect"})
        accepted, closed = await socket.receive_output(5), await socket.receive_output(5)
        assert accepted["headers"] == [(b"x-request-id", CLAIMED.encode())]
        assert closed == {"type": "websocket.close", "code": 1011}

    event_loop.run(scene())
    [line] = [line for line in logged if line["event"] == "socket failed"]
    assert line["request_id"] == CLAIMED
    assert "exc_info" not in line and "fm-nowhere" in line["error"]
