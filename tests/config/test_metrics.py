"""Metrics for Prometheus on this machine, hidden from everybody else."""

import pytest

pytestmark = pytest.mark.django_db


def test_our_own_machine_reads_the_figures(client):
    client.get("/healthz")
    text = client.get("/metrics").content.decode()
    assert 'folkmoot_request_seconds_count{method="GET",status="200",view="healthz"}' in text


@pytest.mark.parametrize("headers", [{"REMOTE_ADDR": "203.0.113.5"}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}])
def test_strangers_find_nothing_there(client, headers):
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", **headers).status_code == 404
