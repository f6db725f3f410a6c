"""Reports of script errors: what is logged and counted, and from which pages."""

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

pytestmark = pytest.mark.django_db

SENT = {"message": "x is not a function\x1b[31m", "stack": "at start (rank.js:7)\nat wake", "page": "/t/7/"}


def counted():
    return REGISTRY.get_sample_value("folkmoot_script_errors_total")


def test_a_script_error_is_logged_in_one_line_and_counted(client):
    before = counted()
    with capture_logs() as lines:
        answer = client.post("/script-errors/", SENT | {"other": "left out"}, headers={"User-Agent": "Lynx"})
    assert (answer.status_code, answer.content, counted() - before) == (204, b"", 1)
    (line,) = [line for line in lines if line["event"] == "script error"]
    said = {"message": "x is not a function [31m", "stack": "at start (rank.js:7) at wake", "page": "/t/7/"}
    assert line == said | {"browser": "Lynx", "event": "script error", "log_level": "warning"}


def test_long_reports_are_cut(client):
    with capture_logs() as lines:
        client.post("/script-errors/", dict.fromkeys(SENT, "a" * 9000))
    (line,) = [line for line in lines if line["event"] == "script error"]
    assert [len(line[name]) for name in SENT] == [300, 1500, 200]


@pytest.mark.parametrize(("origin", "status"), [("http://testserver", 204), ("https://evil.example", 403)])
def test_only_pages_of_this_site_report(client, origin, status):
    before = counted()
    assert client.post("/script-errors/", SENT, headers={"Origin": origin}).status_code == status
    assert counted() - before == (status == 204)


def test_a_report_is_no_page(client):
    assert client.get("/script-errors/").status_code == 405
