"""Metrics for Prometheus on this machine, hidden from everybody else."""

import pytest

from tests import processes

pytestmark = pytest.mark.django_db


def test_our_own_machine_reads_the_figures(client):
    client.get("/healthz")
    text = client.get("/metrics").content.decode()
    assert 'folkmoot_request_seconds_count{method="GET",status="200",view="healthz"}' in text


@pytest.mark.parametrize("headers", [{"REMOTE_ADDR": "203.0.113.5"}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}])
def test_strangers_find_nothing_there(client, headers):
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", **headers).status_code == 404


COUNT = """
import django
django.setup()
from django.test import Client
Client(headers={"host": "localhost"}).get("/healthz")
print(Client(headers={"host": "localhost"}).get("/metrics").content.decode())
"""


@pytest.mark.processes
def test_where_processes_count_in_files_one_of_them_answers_for_all(tmp_path):
    shared = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    for number in (1, 2):
        code, output, _ = processes.finish(processes.start("-c", COUNT, data=tmp_path, **shared))
        assert code == 0
        count = 'folkmoot_request_seconds_count{method="GET",status="200",view="healthz"}'
        assert f"{count} {number}.0" in output
