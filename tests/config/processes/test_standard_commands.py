"""Each process of the site also runs under its standard command, with the embedded engines and with URLs."""

import asyncio
import re
import shutil
import sys
import tempfile
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from config.engines import postgres
from config.engines.directories import Directories
from tests import data_directory, processes
from tests.config.processes import scripts
from tests.simulated_page import SimulatedPage

pytestmark = pytest.mark.processes
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def data():
    """A data directory whose engines another process holds."""
    path = Path(tempfile.mkdtemp(prefix="fm-", dir="/tmp"))
    data_directory.copy_site(path)
    holder = processes.start("-c", scripts.HOLD_ENGINES, str(path), data=path)
    assert processes.read_until(holder, "up") == "up\n"
    assert run_script(scripts.OPEN_TOPIC, data=path) == "1\n"
    yield path
    holder.stdin.close()
    holder.stdin = None
    processes.finish(holder)
    assert processes.all_ended(path)
    shutil.rmtree(path)


@pytest.fixture
def redis_port(tmp_path):
    with processes.redis_server(tmp_path) as port:
        yield port


@pytest.fixture(params=["embedded engines", "engines named by URLs"])
def urls(request, data):
    """The settings that name the engines. With URLs, the data directory does not exist yet."""
    if request.param == "embedded engines":
        return {}
    port = request.getfixturevalue("redis_port")
    return {
        "FOLKMOOT_DATA": str(data / "elsewhere"),
        "SECRET_KEY": "k" * 50,
        "DATABASE_URL": f"postgres://{postgres.USER}@/{postgres.NAME}?host={Directories(data).sockets}",
        "REDIS_URL": f"redis://127.0.0.1:{port}/0",
    }


def run_script(text, data, **settings):
    code, output, errors = processes.manage("shell", "-v0", "-c", text, data=data, **settings)
    assert (code, errors) == (0, "")
    return output


@contextmanager
def running(*command, data, **settings):
    """Run a standard command of the virtual environment, and end it with SIGTERM."""
    process = processes.start(str(BIN / command[0]), *command[1:], data=data, **settings)
    try:
        yield process
    finally:
        process.terminate()
        processes.finish(process)


def get(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return answer.status, answer.read().decode()
    except OSError:
        return None, ""


async def hears_a_reply(page, reply):
    """Whether a WebSocket that follows the topic gets the comment that `reply` writes."""
    task = asyncio.create_task(page.run())
    try:
        async with asyncio.timeout(processes.SECONDS):
            while not page.counts["joined"]:
                await asyncio.sleep(0.05)
            before = page.counts["topic_changed"]
            assert await asyncio.to_thread(reply) == "done\n"
            while page.counts["topic_changed"] == before:
                await asyncio.sleep(0.05)
    finally:
        task.cancel()
    return True


def test_pages_sockets_worker_and_clock_run_under_their_standard_commands(data, urls):
    pages, sockets = processes.free_port(), processes.free_port()
    use = {"data": data, "SITE_URL": f"http://127.0.0.1:{pages}"} | urls
    granian = ("granian", "--interface", "wsgi", "--port", str(pages), "config.wsgi:application")
    with ExitStack() as started:
        started.enter_context(running(*granian, **use))
        started.enter_context(running("daphne", "-p", str(sockets), "config.asgi:application", **use))
        started.enter_context(running("celery", "-A", "config", "worker", **use))
        assert processes.wait_until(
            lambda: get(pages, "/readyz") == (200, '{"postgres": "up", "redis": "up"}')
        )
        page = get(pages, "/t/1/limes/")[1]
        assert "Do limes grow here?" in page
        assert get(pages, re.search(r'href="(/static/\S+\.css)"', page)[1])[0] == 200
        assert 'view="readyz"' in get(pages, "/metrics")[1]
        assert run_script(scripts.START_TASK, **use) == "done\n"

        started.enter_context(running("celery", "-A", "config", "beat", **use))
        assert processes.wait_until(lambda: get(sockets, "/healthz") == (200, "ok"))
        assert asyncio.run(
            hears_a_reply(SimulatedPage(pages, sockets, 1), lambda: run_script(scripts.REPLY, **use))
        )
        assert "They do." in get(pages, "/t/1/limes/")[1]
