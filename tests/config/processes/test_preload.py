"""A preloaded process has no threads and no connections, because neither survives a fork."""

import shutil
import tempfile
from pathlib import Path

import pytest

from tests import processes

pytestmark = pytest.mark.processes

LOAD = """
import os
from django.core.cache import cache
from config.processes import preload

def threads_and_sockets():
    files = [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd")]
    links = [os.readlink(file) for file in files if os.path.islink(file)]
    return len(os.listdir("/proc/self/task")), sum(link.startswith("socket:") for link in links)

preload.load()
print(threads_and_sockets())
cache.get("anything")
print(threads_and_sockets())
"""


@pytest.fixture
def data():
    path = Path(tempfile.mkdtemp(prefix="fm-", dir="/tmp"))
    yield path
    assert processes.all_ended(path)
    shutil.rmtree(path)


def test_a_loaded_site_has_one_thread_and_no_connection(data):
    assert processes.manage("shell", "-v0", "-c", LOAD, data=data)[:2] == (0, "(1, 0)\n(1, 1)\n")
